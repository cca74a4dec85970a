package housepage

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// A chromium is a browser without a window, driven through a pipe by the protocol of
// its own developer tools: https://chromedevtools.github.io/devtools-protocol/
type chromium struct {
	t       *testing.T
	in      io.Writer
	out     *bufio.Reader
	session string
	id      int
	events  []message // that came since the last visit
}

// A message is an answer or an event.
type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

type params map[string]any

// startChromium skips the test where there is none. The browser ends with the test.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium here; it is in Debian's package chromium")
	}
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	browser := exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
		"--user-data-dir="+t.TempDir(), "about:blank")
	browser.ExtraFiles = []*os.File{toBrowser, fromBrowser} // it takes 3 and 4
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = toBrowser.Close(), fromBrowser.Close()
	c := &chromium{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		_ = c.try("Browser.close", nil, nil)
		_ = browser.Wait()
		_, _ = in.Close(), out.Close()
	})
	var target struct{ TargetID, SessionID string }
	c.do("Target.createTarget", params{"url": "about:blank"}, &target)
	c.do("Target.attachToTarget", params{"targetId": target.TargetID, "flatten": true}, &target)
	c.session = target.SessionID
	for _, domain := range []string{"Page", "Log", "Runtime", "Network", "Accessibility"} {
		c.do(domain+".enable", nil, nil)
	}
	return c
}

// do sends a command and reads its answer.
func (c *chromium) do(method string, args params, answer any) {
	c.t.Helper()
	if err := c.try(method, args, answer); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

func (c *chromium) try(method string, args params, answer any) error {
	c.id++
	id := c.id
	command := params{"id": id, "method": method, "params": args}
	if args == nil {
		command["params"] = params{}
	}
	if c.session != "" {
		command["sessionId"] = c.session
	}
	text, err := json.Marshal(command)
	if err != nil {
		return err
	}
	if _, err := c.in.Write(append(text, 0)); err != nil {
		return err
	}
	for {
		m, err := c.next()
		switch {
		case err != nil:
			return err
		case m.ID != id:
		case m.Error != nil:
			return fmt.Errorf("%s", m.Error)
		case answer != nil:
			return json.Unmarshal(m.Result, answer)
		default:
			return nil
		}
	}
}

// next reads one message, and keeps it if it is an event.
func (c *chromium) next() (message, error) {
	text, err := c.out.ReadBytes(0)
	if err != nil {
		return message{}, err
	}
	var m message
	if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
		return message{}, err
	}
	if m.Method != "" {
		c.events = append(c.events, m)
	}
	return m, nil
}

// open goes to a page on a screen of a size, and waits until it is drawn.
func (c *chromium) open(url string, width, height int, scheme string) {
	c.t.Helper()
	c.do("Emulation.setDeviceMetricsOverride", params{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	c.do("Emulation.setEmulatedMedia", params{"features": []params{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	c.events = nil
	c.do("Page.navigate", params{"url": url}, nil)
	for !slices.ContainsFunc(c.events, func(m message) bool { return m.Method == "Page.loadEventFired" }) {
		if _, err := c.next(); err != nil {
			c.t.Fatal(err)
		}
	}
}

// complaints are what the browser wrote to its console, and what it failed to load.
func (c *chromium) complaints() []string {
	c.do("Runtime.evaluate", params{"expression": "1"}, nil) // what came before has been read then
	var list []string
	for _, m := range c.events {
		switch m.Method {
		case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Network.loadingFailed":
			list = append(list, m.Method+" "+string(m.Params))
		}
	}
	return list
}

// evaluate runs an expression in the page.
func (c *chromium) evaluate(expression string, into any) {
	c.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	c.do("Runtime.evaluate", params{"expression": expression, "returnByValue": true}, &answer)
	if answer.ExceptionDetails != nil {
		c.t.Fatalf("%s", answer.ExceptionDetails)
	}
	if err := json.Unmarshal(answer.Result.Value, into); err != nil {
		c.t.Fatal(err)
	}
}

// A node is what a screen reader is told of one thing on the page.
type node struct {
	Ignored    bool
	Role, Name struct{ Value string }
}

func (c *chromium) screenReader() []node {
	c.t.Helper()
	var tree struct{ Nodes []node }
	c.do("Accessibility.getFullAXTree", nil, &tree)
	return slices.DeleteFunc(tree.Nodes, func(n node) bool { return n.Ignored })
}

// screenshot writes the page, as far as the given height, to a file.
func (c *chromium) screenshot(file string, width, height int) {
	c.t.Helper()
	var picture struct{ Data []byte }
	c.do("Page.captureScreenshot", params{"captureBeyondViewport": true, "clip": params{"x": 0, "y": 0, "width": width, "height": height, "scale": 1}}, &picture)
	if err := os.WriteFile(file, picture.Data, 0o644); err != nil {
		c.t.Fatal(err)
	}
}
