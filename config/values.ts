import { z } from "zod";

export const account = z.string().regex(/^\d{12}$/, "must be an account id of 12 digits");

export const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region such as us-east-1");

export const arn = z.string().regex(/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/, "must be an ARN");

export const organizationId = z
    .string()
    .regex(/^o-[a-z0-9]{10,32}$/, "must be an organization id such as o-a1b2c3d4e5");

export const httpsUrl = z
    .string()
    .url("must be a URL")
    .refine(
        (value) => /^https:|^http:\/\/(127\.|localhost[:/]|\[::1\])/.test(value),
        "must be https (plain http only to this machine)",
    );
