import tseslint from "typescript-eslint";

/** Which folder may import which: the table of docs/architecture.md. Test files may import anything. */
const folders = ["stacks", "components", "functions", "policy", "config", "local", "test", "bench"];
const allowedFolders = {
    config: ["config"],
    functions: ["functions"],
    policy: ["policy"],
    components: ["components", "functions", "config"],
    stacks: ["stacks", "components", "config"],
};

const importRules = Object.keys(allowedFolders).map((folder) => ({
    files: [`${folder}/**/*.ts`],
    ignores: ["**/*.test.ts"],
    rules: {
        "no-restricted-imports": [
            "error",
            {
                patterns: [
                    {
                        group: folders
                            .filter((other) => !allowedFolders[folder].includes(other))
                            .flatMap((other) => [`**/${other}/**`, `**/${other}`])
                            .concat(
                                folder === "functions" || folder === "policy"
                                    ? ["@pulumi/pulumi*", "@pulumi/aws*"]
                                    : [],
                            )
                            .concat(folder === "config" ? ["@pulumi/aws*"] : []),
                        message: `${folder}/ may not import this: see the import table in docs/architecture.md`,
                    },
                ],
            },
        ],
    },
}));

export default tseslint.config(
    { ignores: ["node_modules", ".build", ".local", "**/*.js", "**/*.mjs"] },
    ...tseslint.configs.recommended,
    {
        files: ["**/*.ts"],
        rules: {
            "@typescript-eslint/no-explicit-any": "error",
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
            ],
            "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true } }],
        },
    },
    { files: ["components/inlineFunction.ts"], rules: { "@typescript-eslint/no-require-imports": "off" } },
    ...importRules,
);
