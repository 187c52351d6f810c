import { testRule, UNKNOWN } from "../../testing";
import { noPublicIngress } from "./noPublicIngress";

const group = "aws:ec2/securityGroup:SecurityGroup";
const rule = "aws:ec2/securityGroupRule:SecurityGroupRule";
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

testRule(noPublicIngress, {
    pass: {
        "a private range": { type: group, props: { ingress: [{ cidrBlocks: ["10.0.0.0/8"] }] } },
        "a group without ingress": { type: group, props: { vpcId: UNKNOWN } },
        "a rule for another group": { type: ingress, props: { referencedSecurityGroupId: UNKNOWN } },
        egress: { type: rule, props: { type: "egress", cidrBlocks: ["0.0.0.0/0"] } },
        "egress of a group": { type: group, props: { egress: [{ cidrBlocks: ["0.0.0.0/0"] }] } },
    },
    fail: {
        "IPv4 in a group": [
            { type: group, props: { ingress: [{ cidrBlocks: ["0.0.0.0/0"] }] } },
            /0\.0\.0\.0\/0/,
        ],
        "IPv6 in a group": [{ type: group, props: { ingress: [{ ipv6CidrBlocks: ["::/0"] }] } }, /::\/0/],
        "the default group": [
            {
                type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                props: { ingress: [{ cidrBlocks: ["0.0.0.0/0"] }] },
            },
            /0\.0\.0\.0\/0/,
        ],
        "IPv4 in a rule": [{ type: ingress, props: { cidrIpv4: "0.0.0.0/0" } }, /0\.0\.0\.0\/0/],
        "IPv6 in a rule": [{ type: ingress, props: { cidrIpv6: "::/0" } }, /::\/0/],
        "IPv4 in an old rule": [
            { type: rule, props: { type: "ingress", cidrBlocks: ["0.0.0.0/0"] } },
            /0\.0\.0\.0/,
        ],
        "IPv6 in an old rule": [
            { type: rule, props: { type: "ingress", ipv6CidrBlocks: ["::/0"] } },
            /::\/0/,
        ],
    },
});
