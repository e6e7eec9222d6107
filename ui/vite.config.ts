/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { budget } from "./tools/budget.ts";
import { fonts } from "./tools/fonts.ts";
import { mended } from "./tools/mended.ts";
import { packed } from "./tools/packed.ts";

const SERVER = process.env.MLCL_SERVER ?? "http://127.0.0.1:8080";

// A page is a few files instead of dozens of small ones: what every page needs, charts, what several pages share, and
// its own. The editor is large and stays by itself.
const EDITOR = /node_modules\/(@codemirror|@lezer)|components\/editor\/TomlEditor/;
const GROUPS = [
  { name: "first", tags: ["$initial" as const], priority: 3 },
  { name: "charts", test: /src\/charts\//, minShareCount: 2, priority: 2 },
  { name: "shared", test: (id: string) => !EDITOR.test(id), minShareCount: 4, priority: 1 },
];

export default defineConfig({
  plugins: [react(), fonts(), budget(400), packed(), mended()],
  build: {
    target: "es2022",
    // The content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { output: { codeSplitting: { groups: GROUPS } } },
  },
  server: { proxy: Object.fromEntries(["/api", "/endpoints", "/docs", "/openapi.json"].map((path) => [path, SERVER])) },
  test: {
    css: false,
    restoreMocks: true,
    unstubGlobals: true,
    server: { deps: { inline: [/@cloudscape-design/] } },
    // Only components need a document, which takes long to make: their files share one.
    projects: [
      { extends: true, test: { name: "logic", environment: "node", setupFiles: ["src/testing/request.ts"], include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "components", environment: "jsdom", isolate: false, setupFiles: ["src/testing/setup.ts"], include: ["src/**/*.test.tsx"] },
      },
    ],
  },
});
