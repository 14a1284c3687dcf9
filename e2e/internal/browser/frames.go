package browser

import (
	"fmt"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/network"
)

// Frames counts how a page that uses Socket.IO gets its updates: over a WebSocket, or by asking again and again.
type Frames struct {
	mutex sync.Mutex
	count Count
}

// Count is what was seen since the last [Frames.Take].
type Count struct {
	// WebSocketsOpened counts connections that the server agreed to upgrade, Received the frames that came over them.
	WebSocketsOpened, Received int
	// Polls counts answered requests of the transport that needs no upgrade.
	Polls int
	// Failed lists the addresses of answers with status 500 and above, and of WebSockets that failed.
	Failed []string
}

// Take returns the count and starts a new one.
func (f *Frames) Take() Count {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	taken := f.count
	f.count = Count{}
	return taken
}

func (f *Frames) note(event any) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	switch e := event.(type) {
	case *network.EventWebSocketHandshakeResponseReceived:
		if e.Response.Status == 101 {
			f.count.WebSocketsOpened++
		}
	case *network.EventWebSocketFrameReceived:
		f.count.Received++
	case *network.EventWebSocketFrameError:
		f.count.Failed = append(f.count.Failed, "WebSocket: "+e.ErrorMessage)
	case *network.EventResponseReceived:
		if strings.Contains(e.Response.URL, "transport=polling") && e.Response.Status == 200 {
			f.count.Polls++
		}
		if e.Response.Status >= 500 {
			f.count.Failed = append(f.count.Failed, fmt.Sprint(e.Response.Status, " ", e.Response.URL))
		}
	}
}
