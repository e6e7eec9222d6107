/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { budget } from "./tools/budget.ts";
import { fonts } from "./tools/fonts.ts";
import { mended } from "./tools/mended.ts";
import { packed } from "./tools/packed.ts";

const SERVER = process.env.MLCL_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), fonts(), budget(400), packed(), mended()],
  build: {
    target: "es2022",
    // The content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
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
