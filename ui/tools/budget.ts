import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Fails the build when the JavaScript of the first page (with all that it imports) is over so many kB, gzipped. */
export function budget(kilobytes: number): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle(_, bundle) {
      const seen = new Set<string>();
      let bytes = 0;
      const count = (file: string) => {
        const chunk = bundle[file];
        if (seen.has(file) || chunk?.type !== "chunk") return;
        seen.add(file);
        bytes += gzipSync(chunk.code).length;
        chunk.imports.forEach(count);
      };
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        if (chunk.isEntry || chunk.facadeModuleId?.endsWith("/pages/overview/index.tsx")) count(chunk.fileName);
      }
      const found = (bytes / 1000).toFixed(0);
      if (bytes > kilobytes * 1000) this.error(`First load is ${found} kB of gzipped JavaScript; at most ${kilobytes} kB.`);
      this.info(`first load: ${found} of ${kilobytes} kB gzipped JavaScript`);
    },
  };
}
