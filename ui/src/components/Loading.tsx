import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useState } from "react";

/** Shown only when it takes longer than the eye notices. */
export function Loading({ what = "Loading" }: { what?: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Box textAlign="center" padding="xl" color="text-body-secondary">
      <span role="status" className="loading">
        {late && (
          <>
            <Spinner /> {what}…
          </>
        )}
      </span>
    </Box>
  );
}
