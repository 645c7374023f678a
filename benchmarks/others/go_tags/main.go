// Command groupmock serves the person groups of Tencent Cloud IAI (version
// 2020-03-03) from memory: CreateGroup and the actions around it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	port := flag.Int("port", 0, "port on 127.0.0.1 (0: any free port)")
	list := flag.Bool("list", false, "print all mistakes as JSON lines and end")
	flag.StringVar(&mistake, "mistake", "", "switch on one mistake by its name")
	flag.Parse()

	if *list {
		if err := printMistakes(os.Stdout); err != nil {
			fatal(err)
		}
		return
	}
	if err := checkMistake(mistake); err != nil {
		fatal(err)
	}
	applyMistakenTags()
	secretID := os.Getenv("TENCENTCLOUD_SECRET_ID")
	secretKey := os.Getenv("TENCENTCLOUD_SECRET_KEY")
	if secretID == "" || secretKey == "" {
		fatal(errors.New("TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY must be set"))
	}
	if err := serve(*port, newService(secretID, secretKey)); err != nil {
		fatal(err)
	}
}

func serve(port int, s *service) error {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 30 * time.Second,
		ConnContext:       withConnectionID,
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		<-stop
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	}()
	fmt.Printf("listening on http://%s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-ended
	return nil
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "groupmock:", err)
	os.Exit(1)
}
