"""Training jobs under the container contract."""

from __future__ import annotations

import io
import json
import tarfile
import time
import urllib.request

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.started import World, channel

pytestmark = pytest.mark.xdist_group("sandbox")
GROUP = "/aws/sagemaker/TrainingJobs"
METRICS = [{"Name": "score", "Regex": r"score=([0-9.]+);"}]


def unpacked(world: World, uri: str) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(world.get(uri))) as packed:
        return {member.name: packed.extractfile(member).read() for member in packed}  # type: ignore[union-attr]


def test_a_job_from_its_channel_to_its_model(world: World) -> None:
    world.put("data/a/1.csv", "1\n2\n")
    world.put("data/2.csv", "3\n")
    request = world.train(
        "whole",
        InputDataConfig=[channel(f"s3://{world.bucket}/data")],
        HyperParameters={"factor": "2"},
        Environment={"MINE": "/opt/ml/model"},
        AlgorithmSpecification={
            "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/programs:1",
            "TrainingInputMode": "File",
            "MetricDefinitions": METRICS,
        },
    )
    job = world.wait("training_job", "whole")
    assert job["TrainingJobStatus"] == "Completed", job
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == f"s3://{world.bucket}/out/whole/output/model.tar.gz"
    assert job["FinalMetricDataList"][0]["Value"] == 12.0
    statuses = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    assert statuses == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert all("EndTime" in each for each in job["SecondaryStatusTransitions"])
    model = json.loads(unpacked(world, job["ModelArtifacts"]["S3ModelArtifacts"])["sum-algo-1.json"])
    assert model["sum"] == 6.0
    assert model["env"]["TRAINING_JOB_NAME"] == "whole"
    assert model["env"]["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert unpacked(world, f"s3://{world.bucket}/out/whole/output/output.tar.gz") == {"note.txt": b"note"}
    assert "score=12.0;" in world.logs(GROUP, "whole/algo-1-")
    dimensions = [{"Name": "TrainingJobName", "Value": "whole"}]
    told = world.client("cloudwatch").list_metrics(Namespace=GROUP, MetricName="score", Dimensions=dimensions)
    assert [metric["Dimensions"] for metric in told["Metrics"]] == [dimensions]
    for key, value in request.items():
        assert job[key] == value or key in ("AlgorithmSpecification",), key


def test_hosts_find_one_another_and_share_the_keys(world: World) -> None:
    for number in range(4):
        world.put(f"parts/{number}.csv", str(10**number))
    world.train(
        "hosts",
        InputDataConfig=[channel(f"s3://{world.bucket}/parts/", how="ShardedByS3Key")],
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 5},
    )
    job = world.wait("training_job", "hosts")
    assert job["TrainingJobStatus"] == "Completed", job
    model = unpacked(world, job["ModelArtifacts"]["S3ModelArtifacts"])
    one, two = (json.loads(model[f"sum-algo-{number}.json"]) for number in (1, 2))
    assert one["sum"] + two["sum"] == 1111
    assert {*one["files"]}.isdisjoint(two["files"])
    assert one["hosts"] == two["hosts"]
    assert len(set(one["hosts"].values())) == 2
    assert all(address.startswith("127.") for address in one["hosts"].values())


def test_a_failure_tells_its_reason(world: World) -> None:
    world.train("failing", HyperParameters={"behaviour": "fail"})
    job = world.wait("training_job", "failing")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"] == "AlgorithmError: the data are wrong, exit code: 3"
    with pytest.raises(ClientError, match="is in status Failed"):
        world.sagemaker.stop_training_job(TrainingJobName="failing")


def test_no_data_is_told_as_aws_tells_it(world: World) -> None:
    world.train("empty", InputDataConfig=[channel(f"s3://{world.bucket}/nothing/")])
    job = world.wait("training_job", "empty")
    assert job["FailureReason"].startswith("ClientError: Data download failed:No S3 objects found under S3 URL")


def test_an_image_without_a_command_is_told(world: World) -> None:
    algorithm = {"TrainingImage": "example.org/unknown:1", "TrainingInputMode": "File"}
    world.train("unknown", AlgorithmSpecification=algorithm)
    assert "--image 'example.org/unknown:1=COMMAND'" in world.wait("training_job", "unknown")["FailureReason"]


def test_stop_is_sigterm_and_keeps_what_there_is(world: World) -> None:
    world.train("stopped", HyperParameters={"behaviour": "sleep"})
    until_logged(world, "stopped", "sleeping")
    world.sagemaker.stop_training_job(TrainingJobName="stopped")
    job = world.wait("training_job", "stopped")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert unpacked(world, job["ModelArtifacts"]["S3ModelArtifacts"]) == {"partial.txt": b"so far"}


def test_the_longest_run_time_ends_a_job(world: World) -> None:
    world.train("long", HyperParameters={"behaviour": "sleep"}, StoppingCondition={"MaxRuntimeInSeconds": 1})
    job = world.wait("training_job", "long")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")


def test_a_spot_interruption_goes_on_from_the_checkpoint(world: World) -> None:
    world.train(
        "spot",
        HyperParameters={"behaviour": "checkpoint"},
        EnableManagedSpotTraining=True,
        StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 90},
        CheckpointConfig={"S3Uri": f"s3://{world.bucket}/checkpoints/spot"},
    )
    until_logged(world, "spot", "from step 0")
    time.sleep(0.5)
    url = f"{world.running.url}/_sandbox/interrupt/spot"
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()
    job = world.wait("training_job", "spot")
    assert job["TrainingJobStatus"] == "Completed", job
    statuses = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    assert statuses.count("Training") == 2
    assert "Interrupted" in statuses
    starts = [line for line in world.logs(GROUP, "spot/") if line.startswith("from step")]
    assert int(starts[1].split()[-1]) > 0
    assert unpacked(world, job["ModelArtifacts"]["S3ModelArtifacts"]) == {"steps.txt": b"30"}


def test_requests_are_checked_as_aws_checks_them(world: World) -> None:
    with pytest.raises(ClientError) as caught:
        world.train("bad name!")
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert "at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular" in str(caught.value)
    with pytest.raises(ClientError, match="MaxWaitTimeInSeconds"):
        world.train("spotless", EnableManagedSpotTraining=True)
    with pytest.raises(ClientError, match="enum value set"):
        world.train("type", ResourceConfig={"InstanceType": "ml.huge", "InstanceCount": 1, "VolumeSizeInGB": 5})
    world.train("twice", HyperParameters={"behaviour": "fail"})
    with pytest.raises(ClientError, match="must be unique") as caught:
        world.train("twice")
    assert caught.value.response["Error"]["Code"] == "ResourceInUse"


def until_logged(world: World, job: str, line: str) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if line in world.logs(GROUP, f"{job}/"):
                return
        except ClientError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{job} never logged {line!r}")
