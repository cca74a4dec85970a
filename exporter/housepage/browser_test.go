package housepage

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"picotop/house"
)

// tooWide lists what is wider than the window.
const tooWide = `[...document.querySelectorAll('body *')].filter(e => {
	const r = e.getBoundingClientRect();
	return !e.closest('.said') && r.width > 0 && (r.right > innerWidth + .5 || r.left < -.5);
}).slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40))`

// tooPale lists texts whose contrast with what is behind them is below 4.5 to 1.
const tooPale = `(() => {
	const parts = s => s.match(/[\d.]+/g).map(Number);
	const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
	const behind = e => {
		for (; e; e = e.parentElement) {
			const c = parts(getComputedStyle(e).backgroundColor);
			if (c.length < 4 || c[3] > 0) return c;
		}
		return [255, 255, 255];
	};
	const list = [];
	for (const e of document.querySelectorAll('body *')) {
		if (![...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim()) || e.closest('.said')) continue;
		const style = getComputedStyle(e);
		const a = light(parts(e instanceof SVGElement ? style.fill : style.color)), b = light(behind(e));
		const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (contrast < 4.5) list.push(contrast.toFixed(2) + ' ' + e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40));
	}
	return list.slice(0, 5);
})()`

// TestInABrowser opens pages of several houses on a phone and on a desktop, in both
// themes. PICOTOP_SCREENSHOTS names a directory to put pictures into.
func TestInABrowser(t *testing.T) {
	browser := startChromium(t)
	houses := map[string]house.State{
		"nothing": {At: monday}, "one": wellHouse(1), "ten": wellHouse(10), "sixty": wellHouse(60), "bad": badHouse(), "hostile": hostileHouse(),
	}
	for name, state := range houses {
		server := httptest.NewServer(serve(state, sine))
		t.Cleanup(server.Close)
		targets := []string{"/"}
		if len(state.Sensors) > 1 {
			targets = append(targets, "/sensor?id="+url.QueryEscape(state.Sensors[1].ID))
		}
		for _, size := range [][2]int{{390, 844}, {1280, 800}} {
			for _, scheme := range []string{"light", "dark"} {
				for _, target := range targets {
					page := strings.Trim(strings.Split(target, "?")[0], "/")
					t.Run(fmt.Sprintf("%s%s %dx%d %s", name, page, size[0], size[1], scheme), func(t *testing.T) {
						browser.t = t
						browser.open(server.URL+target, size[0], size[1], scheme)
						checkPage(t, browser, state)
						takePicture(browser, fmt.Sprintf("%s%s-%d-%s.png", name, page, size[0], scheme), size[0])
					})
				}
			}
		}
	}
	browser.t = t
}

// TestSiteInABrowser does the same with pages of several houses.
func TestSiteInABrowser(t *testing.T) {
	browser := startChromium(t)
	lost := street()
	lost.missing = []string{"nothing can be read since 21:40: connection refused; this is as of 21:39"}
	odd := &fakeHouses{list: oddHouses()}
	for name, houses := range map[string]*fakeHouses{"street": street(), "lost": lost, "odd": odd, "never": {missing: lost.missing}} {
		server := httptest.NewServer(serveSite(houses))
		t.Cleanup(server.Close)
		for page, target := range map[string]string{"list": "/", "found": "/?q=number", "house": "/house?name=mum", "none": "/house?name=nobody"} {
			for _, size := range [][2]int{{390, 844}, {1280, 800}} {
				for _, scheme := range []string{"light", "dark"} {
					t.Run(fmt.Sprintf("%s %s %dx%d %s", name, page, size[0], size[1], scheme), func(t *testing.T) {
						browser.t = t
						browser.open(server.URL+target, size[0], size[1], scheme)
						var state house.State
						if page == "house" {
							state = houses.states["mum"]
						}
						checkPage(t, browser, state)
						takePicture(browser, fmt.Sprintf("%s-%s-%d-%s.png", name, page, size[0], scheme), size[0])
					})
				}
			}
		}
	}
	browser.t = t
}

// takePicture puts a picture of the page where PICOTOP_SCREENSHOTS says, if it does.
func takePicture(browser *chromium, file string, width int) {
	dir := os.Getenv("PICOTOP_SCREENSHOTS")
	if dir == "" {
		return
	}
	var height int
	browser.evaluate("document.documentElement.scrollHeight", &height)
	browser.screenshot(filepath.Join(dir, file), width, min(height, 2400))
}

func checkPage(t *testing.T, browser *chromium, state house.State) {
	t.Helper()
	list := slices.DeleteFunc(browser.complaints(), func(s string) bool {
		return strings.Contains(s, "the server responded with a status of") // 404 of a page that says so
	})
	if len(list) > 0 {
		t.Errorf("the browser complains: %s", list)
	}
	var width []int
	browser.evaluate("[document.documentElement.scrollWidth, innerWidth]", &width)
	if width[0] > width[1] {
		t.Errorf("the page is %d wide in a window of %d", width[0], width[1])
	}
	if browser.evaluate(tooWide, &list); len(list) > 0 {
		t.Errorf("too wide: %q", list)
	}
	if browser.evaluate(tooPale, &list); len(list) > 0 {
		t.Errorf("too little contrast: %q", list)
	}
	var styled bool
	if browser.evaluate("getComputedStyle(document.body).marginTop == '0px' && document.documentElement.lang == 'en'", &styled); !styled {
		t.Error("the style sheet is not applied, or the language not said")
	}
	nodes := browser.screenReader()
	if !slices.ContainsFunc(nodes, func(n node) bool { return n.Role.Value == "heading" }) {
		t.Error("no heading")
	}
	charts := 0
	for _, n := range nodes {
		role, named := n.Role.Value, strings.TrimSpace(n.Name.Value) != ""
		if (role == "link" || role == "heading" || role == "image") && !named {
			t.Errorf("a %s without a name", role)
		}
		if role == "image" {
			charts++
		}
	}
	if charts == 0 && len(state.Sensors) > 0 {
		t.Error("no chart is told of")
	}
}
