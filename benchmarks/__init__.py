"""What measures the suite: detection of faults, false alarms on twins, speed."""
