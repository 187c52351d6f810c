import { list } from "../../document";
import { resourceRule, securityHub } from "../../rule";

interface Ranges {
    readonly cidrBlocks?: readonly string[];
    readonly ipv6CidrBlocks?: readonly string[];
}

interface IngressProps extends Ranges {
    /** Of a security group. */
    readonly ingress?: readonly Ranges[];
    /** Of a SecurityGroupRule. */
    readonly type?: string;
    /** Of a SecurityGroupIngressRule. */
    readonly cidrIpv4?: string;
    readonly cidrIpv6?: string;
}

export const noPublicIngress = resourceRule<IngressProps>({
    ...securityHub("EC2.18"),
    name: "ec2-no-public-ingress",
    description: "No security group lets the whole internet in.",
    severity: "high",
    remediationSteps: "Name a security group, a prefix list or the ranges of one's own networks.",
    types: [
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ],
    check: (props, report, type) => {
        if (type === "aws:ec2/securityGroupRule:SecurityGroupRule" && props.type !== "ingress") {
            return;
        }
        const ranges = [props, ...list(props.ingress)].flatMap(({ cidrBlocks, ipv6CidrBlocks }) => [
            ...list(cidrBlocks),
            ...list(ipv6CidrBlocks),
        ]);
        for (const range of [...ranges, ...list(props.cidrIpv4), ...list(props.cidrIpv6)]) {
            if (range.endsWith("/0")) {
                report(`replace the ingress from ${range} by a security group, prefix list or smaller range`);
            }
        }
    },
});
