package housepage

import "net/url"

// A place is where a house is among several, of which the pages lead to each other. The
// zero value is a house of its own.
type place struct {
	Several bool // several are served
	Key     string
	Name    string
	Alone   bool // it is the only one at the moment, and so the first page
}

// Here is the address of the house's page.
func (p place) Here() string {
	if !p.Several || p.Alone {
		return "/"
	}
	return "/house?name=" + url.QueryEscape(p.Key)
}

// sensor is the address of the page of one of its sensors.
func (p place) sensor(id string) string {
	if !p.Several {
		return "/sensor?id=" + url.QueryEscape(id)
	}
	return "/sensor?house=" + url.QueryEscape(p.Key) + "&id=" + url.QueryEscape(id)
}
