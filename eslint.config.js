import rxjsX from "eslint-plugin-rxjs-x";
import tseslint from "typescript-eslint";

const NO_ENUM = { selector: "TSEnumDeclaration", message: "Use a union of string literals." };

/** A branded type that only one folder may make by a cast. */
const onlyMadeIn = (name, where) => ({
  selector: `TSAsExpression TSTypeReference[typeName.name='${name}']`,
  message: `Only ${where} makes a ${name}.`,
});

const APPROVED = onlyMadeIn("ApprovedCommand", "src/policy");
const GATED = onlyMadeIn("GatedFrame", "src/wake/wake-gate.ts");

export default tseslint.config(
  { ignores: ["dist", "coverage", "*.config.ts"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked, rxjsX.configs.strict],
    languageOptions: { parserOptions: { projectService: true } },
  },
  {
    files: ["**/*.ts"],
    rules: {
      "rxjs-x/finnish": ["error", { functions: false, methods: false, strict: true }],
      "rxjs-x/no-exposed-subjects": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "no-console": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: false, skipComments: false }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-restricted-syntax": ["error", NO_ENUM, APPROVED, GATED],
    },
  },
  { files: ["src/policy/**/*.ts"], rules: { "no-restricted-syntax": ["error", NO_ENUM, GATED] } },
  { files: ["src/wake/wake-gate.ts"], rules: { "no-restricted-syntax": ["error", NO_ENUM, APPROVED] } },
  {
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "max-lines": "off",
      "max-lines-per-function": "off",
      "no-restricted-syntax": ["error", NO_ENUM],
      "rxjs-x/no-ignored-error": "off",
      "rxjs-x/no-ignored-default-value": "off",
      "rxjs-x/finnish": "off",
      "@typescript-eslint/explicit-module-boundary-types": "off",
    },
  },
);
