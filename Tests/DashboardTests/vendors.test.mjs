// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { deploymentLines, deployments, vendorLabel, vendors } from "../../Resources/dashboard/vendors.js";

test("every vendor of the API can be chosen, and no other", () => {
  const description = readFileSync(new URL("../../Resources/openapi.yaml", import.meta.url), "utf8");
  const known = /vendor: \{type: string, enum: \[([^\]]+)\]/.exec(description)?.[1].split(", ");
  assert.deepEqual(vendors.map(({ id }) => id).sort(), known?.sort());
  assert.equal(vendorLabel("groq"), "Groq");
  assert.equal(vendorLabel("unheard-of"), "unheard-of");
});

test("deployments are lines of model and name", () => {
  const known = { "gpt-4o": "mine", o3: "o3" };
  assert.deepEqual(deployments(deploymentLines(known)), known);
  assert.deepEqual(deployments(["gpt-4o=a=b", "o3"]), { "gpt-4o": "a=b", o3: "o3" });
});
