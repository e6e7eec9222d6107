import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useNavigate } from "react-router";
import { lineagePage } from "../../lib/places";
import "./lineage.css";

/** Asks for the id that stands in every answer. */
export function Search({ id }: { id: string }) {
  const [text, setText] = useState(id);
  const navigate = useNavigate();
  const go = () => text.trim() && void navigate(lineagePage(text.trim()));
  return (
    <Container>
      <div className="lineage-search">
        <FormField label="Id of a prediction" description="It stands in every answer, and in the list of an endpoint's predictions." stretch>
          <Input
            type="search"
            value={text}
            placeholder="1a20f5bbc80-e684da191f9340b9-5a-9"
            clearAriaLabel="Clear"
            onChange={({ detail }) => setText(detail.value)}
            onKeyDown={({ detail }) => detail.key === "Enter" && go()}
          />
        </FormField>
        <Button variant="primary" onClick={go} disabled={!text.trim()}>
          Find
        </Button>
      </div>
    </Container>
  );
}
