package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
)

//go:embed mistakes.json
var mistakesJSON []byte

// mistake is the name of the one mistake that is switched on, or empty.
var mistake string

func on(name string) bool {
	return mistake == name
}

func mistakeRows() ([]map[string]any, error) {
	var rows []map[string]any
	err := json.Unmarshal(mistakesJSON, &rows)
	return rows, err
}

func printMistakes(w io.Writer) error {
	rows, err := mistakeRows()
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, row := range rows {
		if err := encoder.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

func checkMistake(name string) error {
	if name == "" {
		return nil
	}
	rows, err := mistakeRows()
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row["name"] == name {
			return nil
		}
	}
	return fmt.Errorf("no mistake is called %q (see --list)", name)
}
