#!/usr/bin/env bash
# Joins what the tasks of slurm-array.sh computed into the record, table and figures that one run would have made.
#SBATCH --job-name=collapsar-merge
#SBATCH --cpus-per-task=1
#SBATCH --time=00:10:00
set -euo pipefail
exec "${COLLAPSAR:-collapsar}" merge "${1:?usage: slurm-merge.sh CONFIG [FOLDER]}" --out "${2:-out}"
