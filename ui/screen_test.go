package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"picotop/house"
	"picotop/internal/goldentest"
)

// newTestModel returns a model of the given size, with all history loaded.
func newTestModel(f *fakeSource, width, height int, change ...func(*Config)) *model {
	cfg := Config{Source: f, Now: func() time.Time { return f.state.At }, Location: time.UTC}
	for _, c := range change {
		c(&cfg)
	}
	m := modelOf(context.Background(), cfg, newCalls(context.Background()))
	m.diagnose = func() tea.Msg {
		return doctorResult{[]DoctorLine{
			{Label: "Likely:", Text: "port 9999 is held"},
			{Label: "First:", Text: "sudo systemctl stop temps"},
			{},
			{Label: "ok", Text: "it listens on eth0"},
			{Label: "PROBLEM", Text: "port 9999 is held by python3 temps.py, which does not share it with others"},
			{Text: "- it was started by temps.service, and will be again after each start of the machine"},
			{Text: "try:  sudo systemctl stop temps\x1b[2J"},
		}}
	}
	send(m, tea.WindowSizeMsg{Width: width, Height: height})
	return m
}

// send updates the model with a message, and with all that its commands return.
func send(m *model, msg tea.Msg) {
	_, cmd := m.Update(msg)
	runCommand(m, cmd)
}

// runCommand runs a command, and those that it consists of.
func runCommand(m *model, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			runCommand(m, cmd)
		}
	case nil:
	default:
		send(m, msg)
	}
}

// press types keys, each a rune or the name of a key.
func press(m *model, keys ...string) {
	codes := map[string]rune{"up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd, "esc": tea.KeyEscape, "enter": tea.KeyEnter, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace, "left": tea.KeyLeft, "right": tea.KeyRight}
	for _, k := range keys {
		msg := tea.KeyPressMsg{Code: codes[k]}
		if msg.Code == 0 {
			msg = tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
		}
		send(m, msg)
	}
}

// render draws the model as a terminal would. The bars at the ends of its
// lines keep editors from trimming them.
func render(m *model) string {
	buf := uv.NewScreenBuffer(m.width, m.height)
	uv.NewStyledString(m.View().Content).Draw(buf, buf.Bounds())
	var b strings.Builder
	for y := range m.height {
		b.WriteByte('|')
		for x := 0; x < m.width; {
			c := buf.CellAt(x, y)
			if c == nil || c.Width == 0 {
				b.WriteByte(' ')
				x++
				continue
			}
			b.WriteString(c.Content)
			x += c.Width
		}
		b.WriteString("|\n")
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	goldentest.Compare(t, filepath.Join("testdata", name+".txt"), []byte(got))
}

func TestScreens(t *testing.T) {
	type size struct{ width, height int }
	phone, usual, wide := size{40, 20}, size{80, 24}, size{200, 60}
	ascii := func(c *Config) { c.ASCII = true }
	fahrenheit := func(c *Config) { c.Fahrenheit = true }

	tests := map[string]struct {
		house  *fakeSource
		sizes  []size
		config func(*Config)
		keys   []string
	}{
		"winter":            {house: winter(), sizes: []size{phone, usual, wide}},
		"winter-ascii":      {house: winter(), sizes: []size{phone, usual}, config: ascii},
		"winter-fahrenheit": {house: winter(), sizes: []size{phone, usual}, config: fahrenheit},
		"winter-coldest":    {house: winter(), sizes: []size{phone, usual}, keys: []string{"s", "down"}},
		"winter-name":       {house: winter(), sizes: []size{usual}, keys: []string{"s", "s"}},
		"winter-age":        {house: winter(), sizes: []size{usual}, keys: []string{"s", "s", "s"}},
		"winter-small":      {house: winter(), sizes: []size{{80, 10}, {80, 6}, {33, 12}, {25, 12}, {19, 4}, {30, 1}, {120, 30}, {160, 24}}},
		"calm":              {house: calm(), sizes: []size{phone, usual, wide}},
		"demo":              {house: demo(), sizes: []size{phone, usual}},
		"trouble":           {house: trouble(), sizes: []size{phone, usual}},
		"forgotten":         {house: forgotten(), sizes: []size{usual}},
		"help":              {house: winter(), sizes: []size{phone, usual, wide}, keys: []string{"?"}},
		"help-found":        {house: winter(), sizes: []size{phone, usual, wide}, keys: []string{"?", "/", "s", "i", "l", "e", "n", "t"}},
		"log-found":         {house: winter(), sizes: []size{phone, usual, wide}, keys: []string{"l", "/", "t", "a", "n", "k"}},
		"help-end":          {house: winter(), sizes: []size{phone}, keys: []string{"?", "G"}},
		"hostile":           {house: hostile(), sizes: []size{phone, usual}},
		"hostile-ascii":     {house: hostile(), sizes: []size{usual}, config: ascii},
		"sixty":             {house: many(60), sizes: []size{phone, usual, wide}},
		"sixty-end":         {house: many(60), sizes: []size{usual, wide}, keys: []string{"G"}},
		"alert-menu":        {house: trouble(), sizes: []size{phone, usual, wide}, keys: []string{"a"}},
		"alert-menu-quiet":  {house: decided(), sizes: []size{phone, usual}, keys: []string{"a", "end"}},
		"alert-menu-calm":   {house: calm(), sizes: []size{phone, usual}, keys: []string{"a"}},
		"find":              {house: trouble(), sizes: []size{phone, usual, wide}, keys: []string{"/", "s", "h", "e"}},
		"find-kept":         {house: winter(), sizes: []size{usual}, keys: []string{"/", "L", "o", "enter", "down"}},
		"find-nothing":      {house: winter(), sizes: []size{phone, usual}, keys: []string{"/", "q"}},
		"folded":            {house: winter(), sizes: []size{phone, usual, wide}, keys: []string{"down", "f"}},
		"week":              {house: winter(), sizes: []size{phone, usual, wide}, keys: []string{"w"}},
		"one-scale":         {house: winter(), sizes: []size{phone, usual, wide}, keys: []string{"="}},
		"first-run-doctor":  {house: firstRunHouse(func(*fakeSource) {}), sizes: []size{phone, usual, wide}, keys: []string{"d"}},
		"paused":            {house: winter(), sizes: []size{phone, usual}, keys: []string{"space", "enter"}},
		"log":               {house: trouble(), sizes: []size{phone, usual, wide}, keys: []string{"l"}},
		"log-past":          {house: longPast(), sizes: []size{phone, usual, wide}, keys: []string{"l", "end", "end", "end", "end", "end"}},
		"log-past-found":    {house: longPast(), sizes: []size{phone, usual, wide}, keys: []string{"l", "/", "s", "h", "e", "d"}},
		"log-packets":       {house: somePackets(), sizes: []size{phone, usual, wide}, keys: []string{"l", "tab", "space"}},
		"detail":            {house: winter(), sizes: []size{phone, usual, wide, {80, 40}}, keys: []string{"enter"}},
		"detail-overlay":    {house: winter(), sizes: []size{phone, usual, wide}, keys: []string{"enter", "o", "tab", "tab", "o", "tab", "o", "tab"}},
		"detail-ascii":      {house: winter(), sizes: []size{phone, usual}, keys: []string{"enter", "left"}, config: ascii},
		"detail-week":       {house: winter(), sizes: []size{usual, wide}, keys: []string{"enter", "w"}},
		"detail-cursor":     {house: winter(), sizes: []size{phone, usual}, keys: []string{"tab", "enter", "left", "left", "left"}},
		"detail-next":       {house: trouble(), sizes: []size{usual}, keys: []string{"enter", "tab", "tab", "-", "-", "-"}},
		"detail-flat":       {house: odd("T"), sizes: []size{phone, usual, wide}, keys: []string{"enter"}},
		"detail-one":        {house: odd(longName), sizes: []size{phone, usual, wide}, keys: []string{"enter", "tab"}},
		"detail-gaps":       {house: odd(strings.Repeat("冷蔵", 16)), sizes: []size{phone, usual, wide}, keys: []string{"enter", "tab", "tab"}},
		"detail-extremes":   {house: odd("👨‍👩‍👧‍👦 e\u0301"), sizes: []size{phone, usual, wide}, keys: []string{"enter", "tab", "tab", "tab"}},
		"odd-overlay":       {house: odd(strings.Repeat("冷", 64)), sizes: []size{phone, usual, wide}, keys: []string{"enter", "o", "tab", "o", "tab", "o", "tab"}},
		"odd-log":           {house: odd(longName), sizes: []size{phone, usual, wide}, keys: []string{"l"}},
		"odd-trouble":       {house: oddlyTroubled(longName), sizes: []size{phone, usual, wide}},
		"odd-trouble-log":   {house: oddlyTroubled(longName), sizes: []size{phone, usual}, keys: []string{"l"}},
		"odd-trouble-menu":  {house: oddlyTroubled(longName), sizes: []size{phone, usual}, keys: []string{"a"}},
		"odd-trouble-wide":  {house: oddlyTroubled(strings.Repeat("😀🧊", 16)), sizes: []size{phone, usual}, keys: []string{"enter"}},
		"odd-packets":       {house: odd(strings.Repeat("冷蔵", 16)), sizes: []size{phone, usual, wide}, keys: []string{"l", "tab"}},
		"odd-find":          {house: odd("👨‍👩‍👧‍👦 e\u0301"), sizes: []size{phone, usual, wide}, keys: []string{"/", "2"}},
		"clash":             {house: clash(), sizes: []size{phone, usual, wide}},
		"old":               {house: old(), sizes: []size{phone, usual, wide}},
		"broken":            {house: every(house.Broken), sizes: []size{phone, usual, wide}},
		"clock":             {house: every(house.ClockNotSet), sizes: []size{phone, usual, wide}},
		"too-fast":          {house: every(house.TooFast), sizes: []size{phone, usual, wide, {19, 4}}},
		"upload":            {house: every(house.Upload), sizes: []size{phone, usual, wide}},

		"behind": {house: behind(), sizes: []size{phone, usual, wide}},

		"first-run-early":      {house: firstRunHouse(tenSecondsOld), sizes: []size{usual}},
		"first-run-silence":    {house: firstRunHouse(func(*fakeSource) {}), sizes: []size{phone, usual, wide}},
		"first-run-nowhere":    {house: firstRunHouse(joinedNowhere), sizes: []size{usual}},
		"first-run-unreadable": {house: firstRunHouse(unreadable), sizes: []size{usual}},
		"first-run-status":     {house: firstRunHouse(onlyStatus), sizes: []size{usual}},
		"first-run-blocked":    {house: firstRunHouse(blocked), sizes: []size{usual}},
	}
	for name, tt := range tests {
		for _, size := range tt.sizes {
			name := fmt.Sprintf("%s-%dx%d", name, size.width, size.height)
			t.Run(name, func(t *testing.T) {
				change := tt.config
				if change == nil {
					change = func(*Config) {}
				}
				m := newTestModel(tt.house, size.width, size.height, change)
				for _, k := range tt.keys {
					press(m, k)
					render(m) // a person sees the screen before the next key
				}
				golden(t, name, render(m))
			})
		}
	}
}

func TestColours(t *testing.T) {
	dark := newTestModel(winter(), 80, 24)
	golden(t, "winter-colours", strings.ReplaceAll(dark.View().Content, "\x1b", "ESC")+"\n")
}

func TestNoColour(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	send(m, tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	for _, seq := range sgrParams(m.View().Content) {
		if !strings.Contains(" 1 2 7 1;7  ", " "+seq+" ") {
			t.Errorf("without colours the screen uses SGR %q", seq)
		}
	}
}

// sgrParams lists the parameters of all SGR sequences.
func sgrParams(content string) []string {
	var all []string
	for _, part := range strings.Split(content, "\x1b[")[1:] {
		seq, _, _ := strings.Cut(part, "m")
		all = append(all, seq)
	}
	return all
}

// checkFrame checks what holds for every screen: it fills exactly its rectangle
// and holds no control characters but colours.
func checkFrame(t *testing.T, m *model) {
	t.Helper()
	content := m.View().Content
	lines := strings.Split(content, "\n")
	if m.height == 0 && content == "" {
		lines = nil
	}
	if len(lines) != m.height {
		t.Errorf("%dx%d: %d lines", m.width, m.height, len(lines))
	}
	for i, l := range lines {
		if w, wc := ansi.StringWidth(l), ansi.StringWidthWc(l); w != m.width || wc != m.width {
			t.Errorf("%dx%d: line %d is %d or %d cells wide: %q", m.width, m.height, i, w, wc, l)
		}
		for _, r := range ansi.Strip(l) {
			if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e {
				t.Errorf("%dx%d: line %d holds %q: %q", m.width, m.height, i, r, l)
			}
		}
		if n := strings.Count(l, "\x1b"); n != len(sgrParams(l)) {
			t.Errorf("%dx%d: line %d holds escape sequences that are not colours: %q", m.width, m.height, i, l)
		}
	}
}

func TestEverySize(t *testing.T) {
	houses := map[string]*fakeSource{
		"winter": winter(), "trouble": trouble(), "many": many(60), "hostile": hostile(), "old": old(), "every": every(house.Broken),
		"first run": firstRunHouse(unreadable), "blocked": firstRunHouse(blocked),
	}
	for name, f := range houses {
		t.Run(name, func(t *testing.T) {
			m := newTestModel(f, 0, 0)
			for w := 0; w <= 250; w++ {
				for _, h := range []int{0, 1, 2, 5, 6, 7, 10, 13, 24, 80} {
					if h != 24 && w > 85 && w%9 != 0 {
						continue // each width matters once, not with all heights
					}
					send(m, tea.WindowSizeMsg{Width: w, Height: h})
					checkFrame(t, m)
				}
				if w%50 == 0 {
					press(m, []string{"?", "a", "esc", "enter", "l"}[w/50%5])
				}
			}
		})
	}
}

// checkCursor checks that something is selected wherever there is something to select, and
// that it is on the screen.
func checkCursor(t *testing.T, m *model) {
	t.Helper()
	at := m.table.cursor()
	some := slices.ContainsFunc(m.table.items, func(i item) bool { return i.key() != "" })
	if some != (at >= 0) {
		t.Errorf("the cursor is at %d of %d lines", at, len(m.table.items))
	}
	if n, _ := m.table.capacity(); at >= 0 && n > 0 && (at < m.table.offset || at >= m.table.offset+n) {
		t.Errorf("the cursor is at line %d, and %d lines are shown from %d on", at, n, m.table.offset)
	}
}

func FuzzScreen(f *testing.F) {
	f.Add(uint8(80), uint8(24), "Cold Water Tank", "API 200 OK", 2.9, "sj?uGsajzcl/ab")
	f.Add(uint8(40), uint8(20), "\u202e\x1b[2J冷", "👨‍👩‍👧‍👦", -55.0, "ssuj")
	f.Add(uint8(0), uint8(1), "", "", 1e300, "G")
	f.Add(uint8(120), uint8(40), "S1", "", 3.0, "\ro\t<o\to<<<w\t-.-+<!$.\x1b8<<v5<!..2<<6/a\r\x1b l\t .3a^v")
	f.Add(uint8(80), uint8(24), "S1", "ok", 3.0, "f=w\r vf^f=ww.-f\r\t\x1bsf3f!f.!!!!!!!!!!!d\x1bd")
	f.Fuzz(func(t *testing.T, width, height uint8, name, status string, celsius float64, keys string) {
		h := trouble()
		h.state.Sensors[0].FriendlyName, h.state.Sensors[0].Celsius = name, celsius
		h.state.Sensors[0].Low.Celsius = celsius
		h.state.Sensors[9].FriendlyName = name
		h.state.Picos[0].StatusText, h.state.Picos[2].Name = status, name
		m := newTestModel(h, int(width), int(height))
		names := map[rune]string{'\r': "enter", '\t': "tab", '\x1b': "esc", ' ': "space", '<': "left", '>': "right", '^': "up", 'v': "down", '\b': "backspace"}
		for _, k := range keys[:min(len(keys), 60)] {
			switch name, ok := names[k]; {
			case ok:
				press(m, name)
			case k >= '0' && k <= '9': // another size
				send(m, tea.WindowSizeMsg{Width: int(k-'0') * 25, Height: int(k-'0') * 7})
			case k == '!': // a sensor goes
				h.update(func(s *house.State) {
					s.Conditions = nil
					s.Sensors = s.Sensors[min(1, len(s.Sensors)):]
				})
				send(m, tickMsg{})
			case k == '.': // time goes on
				h.update(func(s *house.State) { s.At = s.At.Add(7 * time.Minute) })
				send(m, tickMsg{})
			case k == '$': // the history is lost, or comes back
				if h.broken = errors.New("gone\x1b["); len(m.frame)%2 == 0 {
					h.broken = nil
				}
			case k != 'q':
				press(m, string(k))
			}
			checkFrame(t, m)
			checkCursor(t, m)
			if t.Failed() {
				t.FailNow()
			}
		}
		checkFrame(t, m)
	})
}

// TestEveryCharacterHasOneOfASCII holds that what this package draws with is not a
// question mark there, which is a marker and a key.
func TestEveryCharacterHasOneOfASCII(t *testing.T) {
	for _, keys := range [][]string{{"?"}, {"enter"}, {"enter", "o", "tab", "o"}, {"a"}, {"l"}, {}} {
		m := newTestModel(winter(), 200, 200)
		press(m, keys...)
		for _, r := range render(m) {
			if r > '~' && asciiFor[r] == 0 && (r <= firstBraille || r > lastBraille) {
				t.Errorf("%q has none", r)
			}
		}
	}
}
