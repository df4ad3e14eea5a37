#!/bin/sh
# Runs the study from the start and writes the tables of RESULTS.md. Results that are there already are kept.
set -e
cd "$(dirname "$0")"
export OMP_NUM_THREADS=1
python3 study.py digits
python3 study.py breakout
python3 study.py gan
python3 report.py
python3 idle.py   # prints its table; RESULTS.md has a copy
