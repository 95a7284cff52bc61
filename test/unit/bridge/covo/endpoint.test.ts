import { expect, test } from "vitest";

import { endpointOf, isOpenToListeners } from "../../../../src/bridge/covo/endpoint.ts";

test.for([
  ["http://gpu:8091", "http://gpu:8091/v1/chat/completions"],
  ["http://gpu:8091/", "http://gpu:8091/v1/chat/completions"],
  ["http://gpu:8091/v1", "http://gpu:8091/v1/chat/completions"],
  ["http://gpu:8091/v1/", "http://gpu:8091/v1/chat/completions"],
  ["https://host/covo/v1/chat/completions", "https://host/covo/v1/chat/completions"],
  ["https://host/covo", "https://host/covo/v1/chat/completions"],
] as const)("%s is asked at %s", ([upstream, endpoint]) => {
  expect(endpointOf(upstream).href).toBe(endpoint);
});

test.for([
  ["gpu:8091", /begins with gpu:, not with http/],
  ["", /not a URL/],
  ["ws://gpu:8091", /begins with ws:/],
  ["file:///etc/passwd", /begins with file:/],
  ["http://me:secret@gpu", /a key is read from the environment/],
  ["http://gpu?key=secret", /a query or fragment has no place/],
] as const)("%j is refused, and no secret of it is repeated", ([upstream, reason]) => {
  expect(() => endpointOf(upstream)).toThrow(reason);
  expect(() => endpointOf(upstream)).not.toThrow(/secret/);
});

test.for([
  ["http://127.0.0.1:1", false],
  ["http://[::1]:1", false],
  ["http://localhost", false],
  ["http://gpu-host", true],
  ["https://gpu-host", false],
] as const)("whether others can listen at %s: %s", ([upstream, isOpen]) => {
  expect(isOpenToListeners(endpointOf(upstream))).toBe(isOpen);
});
