#!/usr/bin/env bash
# A grid of `collapsar sweep` as a Slurm array: each task computes every N-th point, on the cores that it was given.
#
#   job=$(sbatch --parsable --array=1-8 docs/slurm-array.sh grid.toml results)
#   sbatch --dependency="afterok:$job" docs/slurm-merge.sh grid.toml results
#
# A task that was killed, or ran out of time, is submitted again (sbatch --array=3 with COLLAPSAR_TASKS=8): it goes on
# where it stopped.
#SBATCH --job-name=collapsar
#SBATCH --cpus-per-task=4
#SBATCH --time=01:00:00
#SBATCH --requeue
set -euo pipefail
config=${1:?usage: slurm-array.sh CONFIG [FOLDER]}
folder=${2:-out}
first=${COLLAPSAR_FIRST:-1}
tasks=${COLLAPSAR_TASKS:-${SLURM_ARRAY_TASK_COUNT:?to be run as a Slurm array}}
export RAYON_NUM_THREADS=${SLURM_CPUS_PER_TASK:-1}
exec "${COLLAPSAR:-collapsar}" sweep "$config" --shard "$((SLURM_ARRAY_TASK_ID - first + 1))/$tasks" --out "$folder"
