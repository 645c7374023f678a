package main

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const groupLimit = 100_000 // 10万

type group struct {
	ID           string
	Name         string
	Descriptions []string
	Tag          string
	Version      string
	Created      int64 // milliseconds

	joined string // only when descriptions are kept in one column
}

// store has the groups of the one account.
type store struct {
	mu     sync.RWMutex
	groups map[string]*group
	names  map[string]string // name to id
	order  []string          // keys in the order of creation
	absent map[string]bool   // ids that were looked up in vain
}

func newStore() *store {
	return &store{
		groups: map[string]*group{},
		names:  map[string]string{},
		absent: map[string]bool{},
	}
}

// keyOf is the key of an id in the map.
func keyOf(id string) string {
	if on("ids-without-case") {
		return strings.ToLower(id)
	}
	if on("ids-of-digits-as-numbers") {
		if number, err := strconv.Atoi(id); err == nil {
			return strconv.Itoa(number)
		}
	}
	return id
}

// free tells whether a group with this id and name may be created. The caller
// holds the lock.
func (s *store) free(g *group) *apiError {
	_, idTaken := s.groups[keyOf(g.ID)]
	_, nameTaken := s.names[g.Name]
	if on("name-taken-before-id") && nameTaken {
		return business("InvalidParameterValue.GroupNameAlreadyExist")
	}
	if idTaken {
		return business("InvalidParameterValue.GroupIdAlreadyExist")
	}
	if nameTaken {
		return business("InvalidParameterValue.GroupNameAlreadyExist")
	}
	limit := groupLimit
	if on("quota-ten-thousand") {
		limit = 10_000
	}
	if len(s.groups) >= limit {
		return business("InvalidParameterValue.GroupNumExceed")
	}
	return nil
}

func (s *store) create(g *group) *apiError {
	if on("check-then-insert") {
		s.mu.RLock()
		failure := s.free(g)
		s.mu.RUnlock()
		if failure != nil {
			return failure
		}
		time.Sleep(15 * time.Millisecond) // as long as a slow database takes
		s.mu.Lock()
		defer s.mu.Unlock()
		s.insert(g)
		return nil
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	if on("same-create-is-retry") {
		old, ok := s.groups[keyOf(g.ID)]
		if ok && old.Name == g.Name && old.Tag == g.Tag && slices.Equal(old.Descriptions, g.Descriptions) {
			return nil
		}
	}
	failure := s.free(g)
	if on("failed-create-keeps-name") {
		if _, taken := s.names[g.Name]; !taken {
			s.names[g.Name] = g.ID
		}
	}
	if failure != nil {
		return failure
	}
	s.insert(g)
	return nil
}

func (s *store) insert(g *group) {
	key := keyOf(g.ID)
	if on("descriptions-in-one-column") {
		g.joined = strings.Join(g.Descriptions, ",")
	}
	g.Created = time.Now().UnixMilli()
	s.groups[key] = g
	s.names[g.Name] = g.ID
	s.order = append(s.order, key)
}

func (s *store) delete(id string) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := keyOf(id)
	g, ok := s.groups[key]
	if !ok {
		return business("InvalidParameterValue.GroupIdNotExist")
	}
	delete(s.groups, key)
	if !on("deleted-name-stays-taken") {
		delete(s.names, g.Name)
	}
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == key })
	return nil
}

func (s *store) get(id string) (group, *apiError) {
	if on("absence-remembered") {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.absent[id] {
			return group{}, business("InvalidParameterValue.GroupIdNotExist")
		}
		if _, ok := s.groups[id]; !ok {
			s.absent[id] = true
		}
	} else {
		s.mu.RLock()
		defer s.mu.RUnlock()
	}
	g, ok := s.groups[keyOf(id)]
	if !ok {
		return group{}, business("InvalidParameterValue.GroupIdNotExist")
	}
	return s.read(g), nil
}

func (s *store) read(g *group) group {
	copied := *g
	copied.Descriptions = slices.Clone(g.Descriptions)
	if on("descriptions-in-one-column") {
		copied.Descriptions = strings.Split(g.joined, ",")
	}
	if copied.Descriptions == nil {
		copied.Descriptions = []string{}
	}
	return copied
}

// list returns at most limit groups from offset on, and how many there are.
func (s *store) list(offset, limit int) ([]group, int, *apiError) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if offset > len(s.order) {
		return nil, 0, business("InvalidParameterValue.OffsetExceed")
	}
	end := min(offset+limit, len(s.order))
	groups := []group{}
	for _, key := range s.order[offset:end] {
		groups = append(groups, s.read(s.groups[key]))
	}
	return groups, len(s.order), nil
}

// change is what a group gets; nil leaves a part as it is.
type change struct {
	name         *string
	tag          *string
	descriptions map[int]string
}

func (s *store) modify(id string, c change) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.groups[keyOf(id)]
	if !ok {
		return business("InvalidParameterValue.GroupIdNotExist")
	}
	if c.name != nil && *c.name != g.Name {
		if _, taken := s.names[*c.name]; taken {
			return business("InvalidParameterValue.GroupNameAlreadyExist")
		}
	}
	descriptions := slices.Clone(g.Descriptions)
	for index, description := range c.descriptions {
		if index >= len(descriptions) {
			return business("InvalidParameter.InvalidParameter")
		}
		descriptions[index] = description
	}
	for i, description := range descriptions {
		if slices.Contains(descriptions[:i], description) {
			return business("FailedOperation.DuplicatedGroupDescription")
		}
	}

	if c.name != nil {
		s.rename(g, *c.name)
	}
	if c.tag != nil {
		g.Tag = *c.tag
	}
	g.Descriptions = descriptions
	if on("descriptions-in-one-column") {
		g.joined = strings.Join(descriptions, ",")
	}
	return nil
}

func (s *store) rename(g *group, name string) {
	if !on("old-name-stays-taken") {
		delete(s.names, g.Name)
	}
	if !on("new-name-not-indexed") {
		s.names[name] = g.ID
	}
	g.Name = name
}
