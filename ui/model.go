package ui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// model is the whole screen. It alone talks to Bubble Tea and to the Source:
// the panes inside it are told what to draw.
type model struct {
	source Source
	now    func() time.Time
	ascii  bool
	keys   keyMap
	loads  loads

	viewState viewState
	table     table
	help      pager
	first     pager // the first-run page
	helping   bool

	profile       colorprofile.Profile
	dark          bool
	width, height int

	frame string // what was drawn last
	stale bool   // whether it would look different now
}

// tickMsg makes the model look at the house.
type tickMsg struct{}

func newModel(cfg Config, ask func(question) tea.Msg) *model {
	keys := newKeys()
	m := &model{
		source: cfg.Source,
		now:    cfg.Now,
		ascii:  cfg.ASCII,
		keys:   keys,
		loads:  loads{ask: ask},
		table:  newTable(keys),
		help:   pager{keys: keys},
		first:  pager{keys: keys},
		// Until the terminal says otherwise; some never do.
		profile: colorprofile.ANSI256,
		dark:    true,
	}
	m.viewState.format = format{zone: cfg.Location, fahrenheit: cfg.Fahrenheit}
	m.restyle()
	m.look(true)
	return m
}

// Init asks whether the background is dark.
func (m *model) Init() tea.Cmd { return tea.RequestBackgroundColor }

// Update is told of everything that happens.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tickMsg:
		m.look(false)
	case tea.KeyPressMsg:
		if key.Matches(msg, m.keys.quit.Binding) {
			return m, tea.Quit
		}
		m.press(msg)
	case answer:
		m.answered(msg)
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.arrange()
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.restyle()
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.restyle()
	default:
		return m, nil
	}
	m.stale = true
	return m, m.load()
}

// View draws the screen. Bubble Tea asks after every message, so it costs
// nothing unless something changed.
func (m *model) View() tea.View {
	if m.stale {
		m.frame = strings.Join(m.lines(), "\n")
		if m.ascii {
			m.frame = toASCII(m.frame)
		}
		m.stale = false
	}
	v := tea.NewView(m.frame)
	v.AltScreen = true
	v.WindowTitle = "picotop"
	return v
}

// look takes what the Source knows now. Text is cleaned only if it is new.
func (m *model) look(anew bool) {
	state := m.source.State()
	m.viewState.now = m.now()
	m.viewState.health = cleanHealth(m.source.Health(), m.ascii)
	if anew || state.Revision != m.viewState.house.Revision {
		m.viewState.house = cleanHouse(state, m.ascii)
	}
	m.arrange()
}

// restyle chooses the colours for the terminal.
func (m *model) restyle() { m.viewState.theme = newTheme(m.profile, m.dark) }

// press handles a key that does not quit.
func (m *model) press(k tea.KeyPressMsg) {
	switch {
	case key.Matches(k, m.keys.help.Binding):
		m.helping = !m.helping
		m.help.offset = 0
	case key.Matches(k, m.keys.close.Binding):
		m.helping = false
	case key.Matches(k, m.keys.unit.Binding):
		m.viewState.format.fahrenheit = !m.viewState.format.fahrenheit
	case m.helping:
		m.help.press(k)
	case m.empty():
		m.first.press(k)
	case key.Matches(k, m.keys.sort.Binding):
		m.table.sort()
		m.arrange()
	default:
		m.table.press(k)
	}
}

// empty reports whether no sensor is known.
func (m *model) empty() bool { return len(m.viewState.house.Sensors) == 0 }

// load asks for the past of the rows on the screen that lack it.
func (m *model) load() tea.Cmd {
	for _, i := range m.table.visible() {
		if i.row == nil || !i.row.trace.wants(m.viewState.now) {
			continue
		}
		m.loads.asked++
		from := i.row.trace.ask(m.viewState.now, m.loads.asked)
		m.loads.waiting = append(m.loads.waiting, question{
			sensor: i.row.sensor.ID, generation: m.loads.asked,
			from: from, to: m.viewState.now, step: i.row.trace.step,
		})
	}
	return m.loads.next()
}

// answered takes a sensor's past, unless it is no longer what is wanted.
func (m *model) answered(a answer) {
	m.loads.running--
	r := m.table.rows[a.question.sensor]
	if r == nil || r.trace.generation != a.question.generation || a.err != nil {
		return // a row whose load failed asks again after a while
	}
	r.trace.fill(a.buckets)
}
