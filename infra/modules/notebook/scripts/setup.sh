#!/bin/bash
# Brings the notebook kit (Python, mlcl with all it needs, examples) from the bucket; needs no internet.
# Usage: setup.sh s3://BUCKET/STORE/notebook/kit.tar.gz ENV REGION [HOME]. Only HOME/SageMaker survives a stop.
set -euo pipefail

uri=$1
env=$2
region=$3
home=${4:-/home/ec2-user}
place=$home/SageMaker/.mlcl
path=${uri#s3://}

if ! mark=$(aws s3api head-object --region "$region" --bucket "${path%%/*}" --key "${path#*/}" --query ETag --output text); then
  echo "There is no notebook kit at $uri. Make one with tools/notebook_kit.py, copy it there, and start the notebook again."
  exit 0
fi

if [ "$(cat "$place/mark" 2>/dev/null)" != "$mark" ]; then
  rm -rf "$place.new"
  mkdir -p "$place.new"
  aws s3 cp --region "$region" --only-show-errors "$uri" - | tar -xz -C "$place.new"
  echo "$mark" > "$place.new/mark"
  rm -rf "$place"
  mv "$place.new" "$place"
fi

# Jupyter looks for kernels outside of what survives a stop.
# What the notebooks read: runs go to the environment (MLCL_ON), and what they leave is read from its store.
kernel=$home/.local/share/jupyter/kernels/mlcl
mkdir -p "$kernel" "$home/SageMaker/examples"
cat > "$kernel/kernel.json" <<KERNEL
{"display_name": "mlcl", "language": "python",
 "argv": ["$place/bin/python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
 "env": {"PATH": "$place/bin:/usr/local/bin:/usr/bin:/bin", "MLCL_ON": "aws:$env", "MLCL_STORE": "${uri%/notebook/*}",
         "AWS_REGION": "$region", "AWS_DEFAULT_REGION": "$region"}}
KERNEL

# Examples that somebody has changed stay as they are.
(cd "$place/examples" && find . -type f) | while read -r file; do
  if [ ! -e "$home/SageMaker/examples/$file" ]; then
    mkdir -p "$(dirname "$home/SageMaker/examples/$file")"
    cp "$place/examples/$file" "$home/SageMaker/examples/$file"
  fi
done
echo "mlcl is ready: open a notebook below examples/ with the kernel mlcl."
