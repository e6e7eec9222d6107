import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** Cloudscape carries its fonts inside its style sheet. As files they load only when used, and the policy stays strict. */
export function fonts(): Plugin {
  return {
    name: "fonts-as-files",
    apply: "build",
    generateBundle(_, bundle) {
      for (const asset of Object.values(bundle)) {
        if (asset.type !== "asset" || !asset.fileName.endsWith(".css")) continue;
        asset.source = String(asset.source).replace(
          /url\((['"]?)data:font\/woff2;base64,([^'")]+)\1\)/g,
          (_match, _quote, base64: string) => {
            const source = Buffer.from(base64, "base64");
            const name = `font-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.woff2`;
            this.emitFile({ type: "asset", fileName: `assets/${name}`, source });
            return `url(./${name})`;
          },
        );
      }
    },
  };
}
