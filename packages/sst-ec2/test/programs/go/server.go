// A program in another language: it takes the socket from systemd where there is one, else it listens on
// PORT by itself.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	listener, err := listen()
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "hello from Go", os.Getpid())
	})
	http.HandleFunc("/link", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, os.Getenv("LINKED"))
	})
	// Longer than the 60 seconds for which the balancer keeps a silent connection.
	server := &http.Server{IdleTimeout: 75 * time.Second}
	stop, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		server.Shutdown(context.Background())
		close(done)
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	<-done
}

func listen() (net.Listener, error) {
	if os.Getenv("LISTEN_FDS") == "1" {
		return net.FileListener(os.NewFile(3, "systemd"))
	}
	return net.Listen("tcp", ":"+os.Getenv("PORT"))
}
