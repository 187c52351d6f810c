/** The Elastic Common Schema version that all documents follow. */
export const ECS_VERSION = "8.11.0";
