package groupcommit

// Waiting is how many changes wait for the group that commits.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
