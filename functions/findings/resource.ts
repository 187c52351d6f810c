import type { ReadDocument } from "./sighting";

/** A resource as ASFF names it. */
export interface Resource {
    readonly type: string;
    /** An ARN where there is one. */
    readonly id: string;
    /** Account it belongs to. */
    readonly accountId: string;
    readonly region: string;
}

type Own = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** The resource that was reached, or that reached out. Where a record tells none, its account. */
export function resourceOf(document: ReadDocument, ownAccount: string, ownRegion: string): Resource {
    const accountId = text(document.cloud?.account?.id) ?? ownAccount;
    const region = text(document.cloud?.region) ?? ownRegion;
    const named = byDataset(document, accountId, region);
    return { ...(named ?? { type: "AwsAccount", id: `AWS::::Account:${accountId}` }), accountId, region };
}

function byDataset(
    { event, aws }: ReadDocument,
    accountId: string,
    region: string,
): Pick<Resource, "type" | "id"> | undefined {
    const own = (name: string) => (aws?.[name] ?? {}) as Own;
    const named = (type: string, id: string | undefined) => (id === undefined ? undefined : { type, id });
    const arn = (service: string, resource: string) =>
        `arn:aws:${service}:${region}:${accountId}:${resource}`;
    switch (event?.dataset) {
        case "aws.waf":
            return named("AwsWafv2WebAcl", text(own("waf").webaclId));
        case "aws.vpcflow": {
            const id = text(own("vpcflow").interface_id);
            return id ? named("AwsEc2NetworkInterface", arn("ec2", `network-interface/${id}`)) : undefined;
        }
        case "aws.elb_logs": {
            const name = text(own("elb").name);
            return name?.includes("/")
                ? named("AwsElbv2LoadBalancer", arn("elasticloadbalancing", `loadbalancer/${name}`))
                : named("AwsElbLoadBalancer", name && arn("elasticloadbalancing", `loadbalancer/${name}`));
        }
        case "aws.apigateway_logs": {
            const api = text(own("apigateway").apiId);
            return named("AwsApiGatewayV2Api", api && `arn:aws:apigateway:${region}::/apis/${api}`);
        }
        case "aws.cloudfront_logs":
            return named("AwsCloudFrontDistribution", text(own("cloudfront").domain));
        case "aws.s3access": {
            const bucket = text(own("s3access").bucket);
            return named("AwsS3Bucket", bucket && `arn:aws:s3:::${bucket}`);
        }
        case "aws.route53_resolver_logs": {
            const { vpc_id: vpc, srcids } = own("route53_resolver_logs");
            const instance = text((srcids as Own | undefined)?.instance);
            return instance
                ? named("AwsEc2Instance", arn("ec2", `instance/${instance}`))
                : named("AwsEc2Vpc", text(vpc) && arn("ec2", `vpc/${String(vpc)}`));
        }
        case "aws.cloudtrail":
            return named("Other", text((own("cloudtrail").userIdentity as Own | undefined)?.arn));
        default:
            return undefined;
    }
}
