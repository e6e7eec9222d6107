import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";

/** What one sees first of all. */
export function Welcome() {
  return (
    <Container>
      <Box textAlign="center" padding="xxl">
        <SpaceBetween size="m">
          <Box variant="h2">Ask your first question</Box>
          <Box variant="p" color="text-body-secondary">
            Which customers will leave? What will a house sell for? Bring a table with past answers: mlcl trains a model, says whether it is good
            enough for what you want, puts it into use and watches it.
          </Box>
          <Button variant="primary" href="/new">
            New problem
          </Button>
          <Box color="text-body-secondary" fontSize="body-s">
            From the command line: mlcl run examples/breast-cancer
          </Box>
        </SpaceBetween>
      </Box>
    </Container>
  );
}
