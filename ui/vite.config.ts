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
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    server: { deps: { inline: [/@cloudscape-design/] } },
    restoreMocks: true,
  },
});
