import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** A digest, shortened; the whole of it can be copied. */
export function Digest({ text, name }: { text: string; name: string }) {
  if (!text) return null;
  return (
    <>
      <code>{text.slice(0, 12)}</code>{" "}
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={`Copy the digest of the ${name}`}
        copySuccessText="Copied"
        copyErrorText="The browser does not allow copying here"
      />
    </>
  );
}
