"""Stops this notebook instance after MINUTES without a busy kernel or a used terminal. Usage: idle.py MINUTES

Run every five minutes as root, by the system's own Python (3.7 or newer), so it needs nothing that may be missing.
"""

import json
import os
import ssl
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from urllib.request import urlopen

JUPYTER = os.environ.get("MLCL_JUPYTER", "https://localhost:8443")
# Its time of change is when somebody was last seen; it does not survive a stop, so every start counts as use.
SEEN = Path(os.environ.get("MLCL_SEEN", "/run/mlcl-seen"))
ABOUT = Path(os.environ.get("MLCL_METADATA", "/opt/ml/metadata/resource-metadata.json"))


def main(minutes):
    if not SEEN.exists():
        SEEN.touch()
    seen = max(SEEN.stat().st_mtime, last_use())
    os.utime(str(SEEN), (seen, seen))
    idle = (time.time() - seen) / 60
    print("idle for %.0f of %s minutes" % (idle, minutes))
    if idle >= minutes:
        stop()


def last_use():
    """When Jupyter was last used, in seconds since 1970; 0 when it does not say (the time since then still counts)."""
    times = [0.0]
    for kernel in ask("api/kernels"):
        times.append(time.time() if kernel["execution_state"] == "busy" else moment(kernel["last_activity"]))
    times += [moment(terminal["last_activity"]) for terminal in ask("api/terminals")]
    return max(times)


def ask(path):
    # Jupyter's certificate on this machine is signed by itself.
    context = ssl._create_unverified_context()
    try:
        with urlopen(JUPYTER + "/" + path, timeout=20, context=context) as answer:
            return json.load(answer)
    except (OSError, ValueError) as error:
        print("Jupyter does not answer: %s" % error)
        return []


def moment(text):
    return datetime.strptime(text[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z").timestamp()


def stop():
    about = json.loads(ABOUT.read_text())
    region = about["ResourceArn"].split(":")[3]
    command = ["aws", "sagemaker", "stop-notebook-instance", "--region", region]
    subprocess.run(command + ["--notebook-instance-name", about["ResourceName"]], check=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
