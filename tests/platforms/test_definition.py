"""The pipeline definition: its schema, and each of its requests against botocore's model of the service."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import botocore.session
import jsonschema
import pytest
from botocore.validate import ParamValidator

from mlcl import problem as problem_file
from mlcl.errors import ProblemError, UsageError
from mlcl.platforms.sagemaker.costs import forecast, require
from mlcl.platforms.sagemaker.definition import definition, digest
from tests import small
from tests.platforms.definitions import SETTINGS, request, steps

CREATES = {
    "Processing": ("CreateProcessingJob", "ProcessingJobName"),
    "Training": ("CreateTrainingJob", "TrainingJobName"),
    "Tuning": ("CreateHyperParameterTuningJob", "HyperParameterTuningJobName"),
    "RegisterModel": ("CreateModelPackage", None),
}


ASKED = {
    "plain": (),
    "spot": ("aws.train.spot=true", "aws.train.max_run=2h"),
    "warm": ("aws.train.warm=30m",),
    "several": ("aws.train.instances=4",),
    "prepared together": ("aws.process.instances=3", "aws.endpoint.on_pass=true"),
    "algorithm prepared together": (
        'train.learner="sagemaker:xgboost"',
        'problem.task="binary"',
        "aws.process.instances=3",
    ),
    "tuned": ("aws.tune.jobs=8", "aws.train.spot=true"),
    "hyperband": ("aws.tune.jobs=8", 'aws.tune.strategy="Hyperband"'),
    "algorithm": ('train.learner="sagemaker:xgboost"', 'problem.task="binary"', "train.balance=true"),
    "algorithm tuned": ('train.learner="sagemaker:xgboost"', 'problem.task="binary"', "aws.tune.jobs=4"),
    "deployed": ("aws.endpoint.on_pass=true", 'aws.tags.owner="me"', "aws.retries=0"),
}


def resolved(value: Any) -> Any:
    """References as texts, as the service sees them when it makes the request."""
    if isinstance(value, dict):
        if set(value) <= {"Get", "Std:JsonGet", "Std:Join"}:
            return "s3://bucket/resolved"
        return {key: resolved(one) for key, one in value.items()}
    return [resolved(one) for one in value] if isinstance(value, list) else value


def python(pattern: str) -> str:
    """Python's `re` knows no Unicode properties."""
    known = {"L": "A-Za-z", "Z": r"\s", "N": "0-9", "P": "!-/:-@", "S": "$+<=>", "M": "A-Za-z0-9"}
    pattern = re.sub(r"\$\{[0-9,]+\}$", "", pattern)
    return re.sub(r"\\p\{(\w)\}", lambda match: known[match[1]], pattern)


@pytest.fixture(scope="module")
def service() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


@pytest.mark.parametrize("asked", ASKED)
def test_it_keeps_the_schema(tmp_path: Path, asked: str) -> None:
    schema = json.loads(resources.files("mlcl.platforms.sagemaker").joinpath("definition.schema.json").read_text())
    document = json.loads(json.dumps(definition(request(tmp_path, *ASKED[asked]))))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert len(json.dumps(document)) < 2**20


@pytest.mark.parametrize("asked", ASKED)
def test_each_request_is_one_that_the_service_takes(tmp_path: Path, asked: str, service: Any) -> None:
    for step in steps(definition(request(tmp_path, *ASKED[asked]))).values():
        if step["Type"] not in CREATES:
            continue
        operation, name = CREATES[step["Type"]]
        arguments = resolved(step["Arguments"]) | ({name: "given-by-the-pipeline"} if name else {})
        report = ParamValidator().validate(arguments, service.operation_model(operation).input_shape)
        assert not report.has_errors(), f"{step['Name']}: {report.generate_report()}"


def look(value: Any, shape: Any, path: str) -> None:
    """botocore leaves lengths, patterns and enumerations to the service; here they are looked at, too."""
    within = shape.metadata
    if shape.type_name == "structure":
        for key, one in value.items():
            look(one, shape.members[key], f"{path}.{key}")
        return
    if shape.type_name in ("list", "map", "string"):
        assert within.get("min", 0) <= len(value) <= within.get("max", 10**9), path
    if shape.type_name == "list":
        for one in value:
            look(one, shape.member, path)
    elif shape.type_name == "map":
        for key, one in value.items():
            look(key, shape.key, path)
            look(one, shape.value, f"{path}.{key}")
    elif shape.type_name == "string":
        assert value in (shape.enum or [value]), (path, value)
        assert re.fullmatch(python(within.get("pattern", ".*")), value, re.DOTALL), (path, value)


@pytest.mark.parametrize("asked", ASKED)
def test_patterns_and_lengths_of_the_service_hold(tmp_path: Path, asked: str, service: Any) -> None:
    for step in steps(definition(request(tmp_path, *ASKED[asked]))).values():
        if step["Type"] in CREATES:
            shape = service.operation_model(CREATES[step["Type"]][0]).input_shape
            look(resolved(step["Arguments"]), shape, step["Name"])


def test_the_order_is_that_of_the_steps(tmp_path: Path) -> None:
    document = definition(request(tmp_path, "aws.endpoint.on_pass=true"))
    assert [step["Name"] for step in document["Steps"]] == ["Data", "Train", "Judge", "Passed"]
    passed = document["Steps"][-1]["Arguments"]
    assert passed["Conditions"][0]["LeftValue"]["Std:JsonGet"]["Path"] == "passed"
    assert [step["Name"] for step in passed["IfSteps"]] == ["Register", "Deploy"]
    assert [step["Name"] for step in passed["ElseSteps"]] == ["Fail"]


def test_machines_that_prepare_together_have_a_job_of_their_own(tmp_path: Path) -> None:
    document = definition(request(tmp_path, "aws.process.instances=3"))
    assert [step["Name"] for step in document["Steps"]] == ["Data", "Prepare", "Train", "Judge", "Passed"]
    found = steps(document)
    machines = {name: found[name]["Arguments"]["ProcessingResources"]["ClusterConfig"] for name in ("Data", "Prepare")}
    assert [machines[name]["InstanceCount"] for name in machines] == [1, 3]
    assert found["Prepare"]["Arguments"]["NetworkConfig"]["EnableInterContainerTrafficEncryption"] is True
    assert "EnableInterContainerTrafficEncryption" not in found["Data"]["Arguments"]["NetworkConfig"]
    assert 'Steps.Data.PropertyFiles.Facts"}, "Path": "prepare.uri' not in json.dumps(document)


def test_what_it_costs_counts_every_machine(tmp_path: Path) -> None:
    asked = ["aws.process.instances=3", "aws.train.instances=2", "aws.tune.jobs=4"]
    known = [f'aws.{job}.instance="ml.m5.xlarge"' for job in ("process", "train")]
    there = SETTINGS.model_copy(update={"region": "eu-west-1"})
    found = forecast(problem_file.load(small.problem(tmp_path), [*asked, *known]), there)
    assert {part.step: part.machines for part in found.parts} == {"data": 1, "prepare": 3, "train": 8, "judge": 1}
    most = {part.step: part.most or 0.0 for part in found.parts}
    assert most["prepare"] == pytest.approx(3 * most["data"])
    assert found.most == pytest.approx(sum(most.values()))


def test_a_ceiling_needs_a_price_and_the_environment_can_state_it(tmp_path: Path) -> None:
    asked = problem_file.load(small.problem(tmp_path), ["aws.ceiling=5"])
    with pytest.raises(UsageError, match="Nobody knows") as unknown:
        require(asked, SETTINGS)
    assert unknown.value.found == "no price of ml.m5.large, ml.m5.xlarge in eu-west-2"
    assert "infra/dev/terraform.tfvars" in unknown.value.fix
    require(asked, SETTINGS.model_copy(update={"prices": {"ml.m5.large": 0.133, "ml.m5.xlarge": 0.266}}))
    with pytest.raises(UsageError, match="more than its ceiling"):
        require(asked, SETTINGS.model_copy(update={"prices": {"ml.m5.large": 5.1, "ml.m5.xlarge": 0.266}}))
    require(asked, SETTINGS.model_copy(update={"region": "us-east-1"}))


def test_the_start_is_guarded_by_the_definition(tmp_path: Path) -> None:
    document = definition(request(tmp_path))
    other = definition(request(tmp_path, "aws.train.instance=ml.m5.2xlarge"))
    assert document["Parameters"][0]["EnumValues"] == [digest(document)]
    assert digest(document) != digest(other)


def test_network_keys_and_tags_are_those_of_the_environment(tmp_path: Path) -> None:
    found = steps(definition(request(tmp_path, 'aws.tags.owner="me"', "aws.endpoint.on_pass=true")))
    for name in ("Data", "Judge", "Deploy"):
        arguments = found[name]["Arguments"]
        assert arguments["NetworkConfig"]["VpcConfig"]["Subnets"] == list(SETTINGS.subnets)
        assert arguments["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == SETTINGS.kms_key
        assert {"Key": "owner", "Value": "me"} in arguments["Tags"]
    train = found["Train"]["Arguments"]
    assert train["VpcConfig"]["SecurityGroupIds"] == list(SETTINGS.security_groups)
    assert train["OutputDataConfig"]["KmsKeyId"] == SETTINGS.kms_key
    assert {"Key": "team", "Value": "risk"} in train["Tags"]


def test_an_environment_without_network_and_keys_has_none(tmp_path: Path) -> None:
    bare = SETTINGS.model_copy(update={"subnets": (), "security_groups": (), "kms_key": ""})
    text = json.dumps(definition(request(tmp_path, settings=bare)))
    assert "VpcConfig" not in text
    assert "Kms" not in text


@pytest.mark.parametrize(
    ("overrides", "where"),
    [
        (('train.learner="auto"', "train.parameters={}", "aws.tune.jobs=4"), "aws.tune"),
        (('train.learner="linear"', "train.parameters={}", "aws.train.instances=2"), "aws.train.instances"),
        (("train.trials=5", "aws.train.instances=2"), "train.trials"),
        (('train.learner="sagemaker:xgboost"',), "problem.task"),
    ],
)
def test_what_cannot_be_done_together_is_told(tmp_path: Path, overrides: tuple[str, ...], where: str) -> None:
    with pytest.raises(ProblemError) as error:
        request(tmp_path, *overrides)
    assert error.value.where == where


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("aws.train.instance=m5.large", "pattern"),
        ("aws.train.max_run=40d", "28 days"),
        ("aws.train.spot=true;aws.train.max_wait=5m", "max_wait"),
        ("aws.endpoint.memory=1500", "1024"),
        ("aws.endpont.kind=serverless", "endpoint"),
        ("aws.tune.jobs=2;aws.tune.parallel=5", "parallel"),
    ],
)
def test_mistakes_in_the_section_are_told(tmp_path: Path, override: str, words: str) -> None:
    with pytest.raises(ProblemError, match=words):
        problem_file.load(small.problem(tmp_path), override.split(";"))


def test_the_section_makes_no_other_problem(tmp_path: Path) -> None:
    file = small.problem(tmp_path)
    assert problem_file.load(file).digest == problem_file.load(file, ["aws.train.instances=4"]).digest
