import { AwsProvider } from "./provider";
import { serve } from "./server";

void serve(new AwsProvider(), process.argv.slice(2));
