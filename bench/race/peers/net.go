// Go's net: one goroutine for each client, which reads its lines with bufio.
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
)

var wire = os.Getenv("RACE_WIRE")
var prompts = []string{"Name: ", "City: ", "Age: ", "Colour: ", "Motto: "}

var lock sync.Mutex
var everybody = map[net.Conn]struct{}{}

func readLine(reader *bufio.Reader) (string, error) {
	line, err := reader.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), err
}

func converse(connection net.Conn) {
	defer connection.Close()
	if wire == "broadcast" {
		lock.Lock()
		everybody[connection] = struct{}{}
		lock.Unlock()
		defer func() {
			lock.Lock()
			delete(everybody, connection)
			lock.Unlock()
		}()
	}
	reader := bufio.NewReader(connection)
	if wire == "greet" || wire == "broadcast" {
		connection.Write([]byte("Welcome\r\n"))
	}
	if wire == "login" {
		answers := []string{}
		for _, prompt := range prompts {
			connection.Write([]byte(prompt))
			line, err := readLine(reader)
			if err != nil {
				return
			}
			answers = append(answers, line)
		}
		connection.Write([]byte("Welcome, " + strings.Join(answers, " ") + ".\r\n"))
	}
	for {
		line, err := readLine(reader)
		if err != nil || (wire == "login" && line == "quit") {
			return
		}
		answer := []byte(line + "\r\n")
		if wire != "broadcast" {
			connection.Write(answer)
			continue
		}
		lock.Lock()
		for other := range everybody {
			other.Write(answer)
		}
		lock.Unlock()
	}
}

func main() {
	collect := make(chan os.Signal, 1)
	signal.Notify(collect, syscall.SIGUSR2)
	go func() {
		for range collect {
			debug.FreeOSMemory()
		}
	}()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("open", listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go converse(connection)
	}
}
