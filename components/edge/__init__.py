"""The way in from the internet: CloudFront for the single-page application, the API's ALB, WAF.

Owns distributions, the site's bucket, web ACLs, load balancers, listeners and the alias records
that point at them. Does not own zones and certificates (dns) nor what answers behind (workloads).
"""
