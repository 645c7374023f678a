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
	count  int               // only when groups are counted by hand
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
	if on("ids-keyed-by-start") {
		return id[:min(len(id), 32)]
	}
	return id
}

var separators = strings.NewReplacer("-", "", "_", "")

// nameKey is the key in the index of names for a group of that version.
func nameKey(name, version string) string {
	if on("names-keyed-by-slug") {
		return separators.Replace(name)
	}
	if on("names-unique-per-model") {
		return version + "/" + name
	}
	return name
}

// free tells whether a group with this id and name may be created. The caller
// holds the lock.
func (s *store) free(g *group) *apiError {
	_, idTaken := s.groups[keyOf(g.ID)]
	_, nameTaken := s.names[nameKey(g.Name, g.Version)]
	if on("names-and-ids-in-one-index") && !idTaken {
		_, idTaken = s.names[g.ID]
	}
	if on("name-taken-before-id") && nameTaken {
		return business("InvalidParameterValue.GroupNameAlreadyExist")
	}
	if idTaken {
		return business("InvalidParameterValue.GroupIdAlreadyExist")
	}
	if nameTaken {
		if on("name-exists-code-of-id") {
			return business("InvalidParameterValue.GroupIdAlreadyExist")
		}
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
	s.count++
	failure := s.free(g)
	if on("failed-create-keeps-name") {
		if _, taken := s.names[g.Name]; !taken {
			s.names[g.Name] = g.ID
		}
	}
	if on("failed-create-updates-tag") {
		if old, ok := s.groups[keyOf(g.ID)]; ok {
			old.Tag = g.Tag
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
	if on("names-indexed-later") {
		name := nameKey(g.Name, g.Version)
		time.AfterFunc(500*time.Millisecond, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.names[name] = g.ID
		})
	} else {
		s.names[nameKey(g.Name, g.Version)] = g.ID
	}
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
	s.remove(key, g)
	if on("delete-by-prefix") {
		for other, g := range s.groups {
			if strings.HasPrefix(other, key) {
				s.remove(other, g)
			}
		}
	}
	return nil
}

func (s *store) remove(key string, g *group) {
	delete(s.groups, key)
	if !on("deleted-name-stays-taken") {
		delete(s.names, nameKey(g.Name, g.Version))
	}
	s.order = slices.DeleteFunc(s.order, func(other string) bool { return other == key })
	s.count--
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
	if on("failed-create-counted") {
		return groups, s.count, nil
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
	if c.name != nil && *c.name != g.Name && !on("rename-unchecked") {
		if _, taken := s.names[nameKey(*c.name, g.Version)]; taken {
			return business("InvalidParameterValue.GroupNameAlreadyExist")
		}
	}
	if on("failed-modify-half-done") && c.name != nil {
		s.rename(g, *c.name)
	}
	descriptions := slices.Clone(g.Descriptions)
	for index, description := range c.descriptions {
		if index >= len(descriptions) {
			return business("InvalidParameter.InvalidParameter")
		}
		descriptions[index] = description
	}
	for i, description := range descriptions {
		if slices.Contains(descriptions[:i], description) && !on("modified-descriptions-may-repeat") {
			return business("FailedOperation.DuplicatedGroupDescription")
		}
	}

	if c.name != nil {
		s.rename(g, *c.name)
	}
	if c.tag != nil && (*c.tag != "" || !on("modify-empty-tag-ignored")) {
		g.Tag = *c.tag
	}
	if on("modify-forgets-model") {
		*g = group{ID: g.ID, Name: g.Name, Tag: g.Tag, Version: defaultVersion, Created: g.Created}
	}
	g.Descriptions = descriptions
	if on("descriptions-in-one-column") {
		g.joined = strings.Join(descriptions, ",")
	}
	return nil
}

func (s *store) rename(g *group, name string) {
	if !on("old-name-stays-taken") {
		delete(s.names, nameKey(g.Name, g.Version))
	}
	if !on("new-name-not-indexed") {
		s.names[nameKey(name, g.Version)] = g.ID
	}
	g.Name = name
}
