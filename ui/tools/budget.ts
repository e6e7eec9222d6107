import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Fails the build when the JavaScript that a page needs at first (with all that it imports) is over so many kB, gzipped. */
export function budget(kilobytes: number): Plugin {
  return {
    name: "budget",
    apply: "build",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
      const entries = chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName);
      const closure = (files: string[]) => {
        const seen = new Set(files);
        // A set that grows while it is gone through is gone through to its end.
        for (const file of seen) {
          const chunk = bundle[file];
          if (chunk?.type === "chunk") chunk.imports.forEach((one) => seen.add(one));
        }
        return [...seen];
      };
      const size = (file: string) => (bundle[file]?.type === "chunk" ? gzipSync(bundle[file].code).length : 0);
      const pages = chunks.filter(({ facadeModuleId }) => /\/pages\/\w+\/index\.tsx$/.test(facadeModuleId ?? ""));
      for (const page of [null, ...pages]) {
        const files = closure(page ? [...entries, page.fileName] : entries);
        const found = files.reduce((all, file) => all + size(file), 0) / 1000;
        const said = `${page?.name ?? "first page"}: ${found.toFixed(0)} of ${kilobytes} kB gzipped JavaScript in ${files.length} files`;
        if (found > kilobytes) this.error(said);
        this.info(said);
      }
    },
  };
}
