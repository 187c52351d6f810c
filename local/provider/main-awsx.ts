import { main } from "@pulumi/pulumi/provider";
import { AwsxProvider } from "./awsx";
import { exitOnSignal } from "./server";

exitOnSignal();
void main(new AwsxProvider(), process.argv.slice(2));
