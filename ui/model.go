package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"picotop/feed"
	"picotop/house"
)

// model is the whole screen. It alone talks to Bubble Tea and to the Source:
// the panes inside it are plain structs that it calls.
type model struct {
	source Source
	now    func() time.Time
	ascii  bool
	remote bool // the terminal is not of this process, and cannot be left for its shell
	keys   keyMap
	loader loader
	decide func(house.Decision) tea.Msg
	export func(Export) (path string, err error)
	// diagnose has the doctor look; nil if there is none.
	diagnose func() tea.Msg
	// openHouse has the Source show a house, by its key; nil if there is one alone.
	openHouse func(house string) tea.Msg
	// readPast asks for what was wrong long ago; nil if the log has only what the house holds.
	readPast func(pastRequest) tea.Msg

	viewState viewState
	live      viewState // what is known; the same but while the picture is paused
	pause     pause
	table     table
	help      help
	firstRun  pager // the first-run page
	doctor    doctorPage
	alertMenu alertMenu
	detail    detail
	plot      area // where the chart was drawn last
	finder    finder
	log       logPage
	houses    houseList
	open      openPage
	bell      bell
	focus     focus
	known     []house.Condition // as the Source told of them last
	mouse     bool              // reported by the terminal

	profile       colorprofile.Profile
	dark          bool
	darkKnown     bool // the owner said so, and the terminal is not believed
	palette       string
	width, height int

	title string        // of the window
	frame string        // what was drawn last
	dirty bool          // whether frame must be drawn again
	hurry time.Duration // how soon it must show, if it differs
	clock *frameClock
}

// An openPage is what covers the table. The zero value is nothing.
type openPage int

const (
	noPage openPage = iota
	helpOpen
	alertMenuOpen
	detailOpen
	logOpen
	doctorOpen
)

// decisionResult is what became of a decision; nil if it was taken.
type decisionResult struct{ err error }

// tickMsg makes the model refresh its state from the Source.
type tickMsg struct{}

func newModel(cfg Config, load func(rangeRequest) tea.Msg, decide func(house.Decision) tea.Msg) *model {
	keys := newKeys()
	m := &model{
		source:    cfg.Source,
		now:       cfg.Now,
		ascii:     cfg.ASCII,
		remote:    cfg.Remote != nil,
		keys:      keys,
		clock:     &frameClock{},
		loader:    loader{load: load},
		decide:    decide,
		export:    cfg.Export,
		table:     newTable(keys),
		help:      newHelp(keys, cfg.ASCII),
		firstRun:  pager{keys: keys},
		doctor:    doctorPage{pager: pager{keys: keys}},
		alertMenu: alertMenu{keys: keys, looksOnly: clean(cfg.NoDecisions, cfg.ASCII)},
		finder:    newFinder(keys, cfg.ASCII),
		log:       logPage{keys: keys, pager: pager{keys: keys}, find: newFinder(keys, cfg.ASCII)},
		detail:    detail{keys: keys, window: usualWindow},
		bell:      bell{off: cfg.NoBell, popUp: popUpOf(cfg.Environ)},
		// Assumed until the terminal reports otherwise; some never do.
		profile: colorprofile.ANSI256,
		dark:    true,
	}
	m.houses = newHouseList(keys, cfg.Houses, cfg.ASCII)
	m.table.sortOrder = sortOrderNamed(cfg.Sort)
	m.palette = cfg.Theme
	if cfg.Theme == "dark" || cfg.Theme == "light" {
		m.dark, m.darkKnown = cfg.Theme == "dark", true
	}
	m.viewState.dots = dotsFor(cfg.Environ, cfg.ASCII)
	m.viewState.locale = locale{zone: cfg.Location, fahrenheit: cfg.Fahrenheit}
	m.restyle()
	m.refresh(true)
	return m
}

// Init asks the terminal whether its background is dark.
func (m *model) Init() tea.Cmd { return tea.RequestBackgroundColor }

// Update handles each message with one call.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	hurry := soon
	switch msg := msg.(type) {
	case tickMsg:
		if m.waits() {
			return m, nil
		}
		cmd, hurry = m.refresh(false), unhurried
	case tea.BlurMsg:
		m.focus = focus{lost: true, drawn: m.live.now}
		return m, nil
	case tea.FocusMsg:
		m.focus = focus{}
		cmd = m.refresh(false)
	case tea.KeyPressMsg:
		var done bool
		if cmd, done = m.keyPressed(msg); done {
			return m, cmd
		}
	case rangeResult:
		m.applyRangeResult(msg)
	case tea.MouseWheelMsg:
		cmd = m.wheel(msg.Button)
	case tea.MouseClickMsg:
		if m.mouse && msg.Button == tea.MouseLeft {
			m.click(msg.X, msg.Y)
		}
	case tea.MouseMotionMsg:
		if !m.mouse || !m.detail.dragTo(msg.X-m.plot.x) {
			return m, nil
		}
	case tea.MouseReleaseMsg:
		m.detail.endDrag()
	case chartResult:
		m.detail.take(msg)
	case pastResult:
		m.log.past.take(msg, m.ascii)
	case doctorResult:
		m.doctor.take(msg, m.ascii)
	case exportResult:
		m.detail.takeExport(msg, m.ascii)
	case houseOpened:
		cmd = m.showHouse(msg)
	case decisionResult:
		m.alertMenu.trouble = ""
		if msg.err != nil {
			m.alertMenu.trouble = clean(msg.err.Error(), m.ascii)
		}
		cmd = m.refresh(false)
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.updateTable()
		m.clock.expect(soon) // Bubble Tea draws anew, even what is the same
	case tea.BackgroundColorMsg:
		if !m.darkKnown {
			m.dark = msg.IsDark()
			m.restyle()
		}
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.restyle()
	default:
		m.clock.expect(soon) // Bubble Tea may have something to send
		return m, nil
	}
	if !m.dirty || hurry < m.hurry {
		m.hurry = hurry
	}
	m.dirty = true
	return m, tea.Batch(cmd, m.loadHistory(), m.loadDetail(), m.loadPast())
}

// View draws the screen. Bubble Tea calls it after every message, so it costs
// nothing unless something changed.
func (m *model) View() tea.View {
	m.draw()
	v := tea.NewView(m.frame)
	v.AltScreen, v.ReportFocus = true, true
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.WindowTitle = m.title
	return v
}

// draw draws what is dirty.
func (m *model) draw() {
	if !m.dirty {
		return
	}
	frame, title := m.frame, m.title
	m.frame, m.title = strings.Join(m.lines(), "\n"), windowTitle(m.current())
	if m.ascii {
		m.frame, m.title = toASCII(m.frame), toASCII(m.title)
	}
	m.dirty = false
	if m.frame != frame || m.title != title {
		m.clock.expect(m.hurry)
	}
}

// refresh takes a new state from the Source. Its text is cleaned only if the
// revision is new, or if force is set. The command calls the user, if there is need.
func (m *model) refresh(force bool) tea.Cmd {
	state := m.source.State()
	m.known = state.Conditions
	m.live.now = m.now()
	m.houses.take(m.ascii)
	m.focus.drawn = m.live.now
	m.live.health = cleanHealth(m.source.Health(), m.ascii)
	if force || state.Revision != m.live.house.Revision {
		m.live.house = cleanHouse(state, m.ascii)
	}
	m.log.take(m.live.house.Events, m.packets())
	if !m.pause.on() {
		m.showLive()
	}
	return m.bell.ring(m.current())
}

// restyle chooses the colours for the terminal.
func (m *model) restyle() { m.viewState.theme = newTheme(m.profile, m.dark, m.palette) }

// nextSensor goes to another sensor in the order of the table, and shows its chart.
func (m *model) nextSensor(step int) {
	m.table.moveToSensor(step)
	m.detail.show(m.table.selectedSensor())
}

// loadDetail reads what the chart shows, if there is one: of the sensor that was opened,
// or beside the table of the one that is selected.
func (m *model) loadDetail() tea.Cmd {
	m.detail.whole = m.open == detailOpen
	m.detail.overlay.prune(&m.viewState)
	if m.detail.whole {
		return m.loadChart(m.width - chartLabelWidth)
	}
	width, height := m.chartPane()
	if m.open != noPage || height == 0 {
		return nil
	}
	if sensor := m.table.selectedSensor(); sensor != "" { // else the cursor is at a Pico
		m.detail.show(sensor)
	}
	return m.loadChart(width - chartLabelWidth)
}

// packets are those that were heard last, clean, if they are on the screen.
func (m *model) packets() []feed.Packet {
	if m.open != logOpen {
		return nil
	}
	return cleanPackets(m.source.Packets(), m.ascii)
}

// canDiagnose reports whether the doctor can tell why nothing is heard: of a picotop
// elsewhere it knows nothing.
func (m *model) canDiagnose() bool { return m.diagnose != nil && m.viewState.health.Origin.From == "" }

// noSensors reports whether no sensor is known.
func (m *model) noSensors() bool { return len(m.viewState.house.Sensors) == 0 }
