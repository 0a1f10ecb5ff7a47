"""The eks provider of the sandbox: the components of pulumi-eks, registering the same children.

Children go through the engine like any other resource, so policies see them, transforms reach them
and the aws provider makes them. Names, inputs and outputs follow pulumi-eks 4.4; what it builds
besides (default node groups, Fargate, Auto Mode, `aws-auth`) is refused rather than left out.
"""
