"""The choice of the smoke list, by what each case shows of the grammar of faults."""
