import { resourceRule, securityHub } from "../../rule";

export const noPublicIpOnLaunch = resourceRule<{ readonly mapPublicIpOnLaunch?: boolean }>({
    ...securityHub("EC2.15"),
    name: "ec2-subnet-no-public-ip",
    description: "No subnet gives public addresses by itself.",
    severity: "medium",
    remediationSteps: "Leave out mapPublicIpOnLaunch, or set it to false.",
    types: ["aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"],
    check: ({ mapPublicIpOnLaunch }, report) => {
        if (mapPublicIpOnLaunch === true) {
            report("set mapPublicIpOnLaunch to false");
        }
    },
});
