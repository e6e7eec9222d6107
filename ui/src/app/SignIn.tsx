import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { explain } from "../lib/errors";
import { signInWanted } from "../lib/session";
import { useStore } from "../lib/store";
import { signIn } from "./session";

/** Asks for a token when the server wants one. */
export function SignIn() {
  const [token, setToken] = useState("");
  const wanted = useStore(signInWanted);
  const { mutate, isPending, error } = useMutation({ mutationFn: signIn, onSuccess: () => setToken("") });
  const submit = () => mutate(token.trim());
  return (
    <Modal
      visible={wanted}
      header="Sign in"
      closeAriaLabel="Close"
      onDismiss={() => signInWanted.set(false)}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={submit} loading={isPending} disabled={!token.trim()}>
            Sign in
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error && <Alert type="error">{explain(error).what}</Alert>}
        <FormField label="Token" description="Whoever runs the server makes one with: mlcl token create NAME">
          <Input
            type="password"
            autoComplete="current-password"
            value={token}
            onChange={({ detail }) => setToken(detail.value)}
            onKeyDown={({ detail }) => detail.key === "Enter" && token.trim() && submit()}
          />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
