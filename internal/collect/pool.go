package collect

import "sync"

// pool runs work on a bounded number of goroutines, with a queue that never blocks who adds to it.
type pool[T any] struct {
	run  func(T)
	size int

	mu      sync.Mutex
	queue   []T
	workers int
	done    sync.WaitGroup
}

func newPool[T any](size int, run func(T)) *pool[T] { return &pool[T]{run: run, size: size} }

// add queues one piece of work and starts a worker for it when fewer than size are running.
func (p *pool[T]) add(v T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, v)
	if p.workers < p.size {
		p.workers++
		p.done.Add(1)
		go p.work()
	}
}

func (p *pool[T]) work() {
	defer p.done.Done()
	for {
		v, ok := p.take()
		if !ok {
			return
		}
		p.run(v)
	}
}

func (p *pool[T]) take() (v T, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) == 0 {
		p.workers--
		return v, false
	}
	v = p.queue[0]
	p.queue = p.queue[1:]
	return v, true
}

// wait returns when all that was added is done. Nothing may be added once it is called.
func (p *pool[T]) wait() { p.done.Wait() }

// together runs functions at the same time and returns when all are done.
func together(fs ...func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Go(f)
	}
	wg.Wait()
}
