import Wizard, { type WizardProps } from "@cloudscape-design/components/wizard";
import { lazy, Suspense, useState } from "react";
import { useNavigate } from "react-router";
import { Loading } from "../../components/Loading";
import { explain } from "../../lib/errors";
import { checks } from "./checks";
import { DataStep } from "./DataStep";
import { GoalsStep } from "./GoalsStep";
import { QuestionStep } from "./QuestionStep";
import { useWizard } from "./useWizard";
import { WorthStep } from "./WorthStep";

// Needed last, so it need not be there first.
const ReviewStep = lazy(() => import("./ReviewStep"));

export function WizardPage() {
  const navigate = useNavigate();
  const wizard = useWizard();
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const mistakes = checks(step, wizard.draft);
  const shown = tried ? mistakes : {};
  const go = (next: number) => {
    setTried(false);
    setStep(next);
  };
  const onNavigate: WizardProps["onNavigate"] = ({ detail: { reason, requestedStepIndex: next } }) => {
    if (reason === "previous" || next < step) return go(next);
    if (Object.keys(mistakes).length > 0) return setTried(true);
    if (step > 0 || wizard.looked) return go(next);
    wizard.propose.mutate({ source: wizard.draft.source }, { onSuccess: () => go(1) });
  };
  const failure = step === 0 ? wizard.propose.error : wizard.start.error;
  const steps: WizardProps.Step[] = [
    { title: "Data", description: "A table with past cases and how each turned out.", content: <DataStep wizard={wizard} mistakes={shown} /> },
    { title: "Question", description: "What is to be predicted, and what for.", content: <QuestionStep wizard={wizard} mistakes={shown} /> },
    { title: "Worth", description: "What a right and a wrong decision bring and cost.", isOptional: true, content: <WorthStep wizard={wizard} mistakes={shown} /> },
    { title: "Goals", description: "When is a model good enough to be used?", content: <GoalsStep wizard={wizard} mistakes={shown} /> },
    { title: "Review and start", content: <Suspense fallback={<Loading />}><ReviewStep wizard={wizard} go={go} /></Suspense> },
  ];
  return (
    <>
      <title>New problem · mlcl</title>
      <Wizard
        steps={steps.map((one, at) => (at === step && failure ? { ...one, errorText: said(failure) } : one))}
        activeStepIndex={step}
        onNavigate={onNavigate}
        onCancel={() => void navigate("/")}
        onSubmit={() => wizard.start.mutate()}
        submitButtonText="Start"
        isLoadingNextStep={wizard.propose.isPending || wizard.start.isPending}
        i18nStrings={{ optional: "optional" }}
      />
    </>
  );
}

function said(failure: unknown): string {
  const { what, found, fix } = explain(failure);
  return [what, found && `Found: ${found}.`, fix].filter(Boolean).join(" ");
}
