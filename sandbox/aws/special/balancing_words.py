"""What ELBv2 calls the attributes of its resources.

The names are those of its API reference: LoadBalancerAttribute, TargetGroupAttribute,
ListenerAttribute, CreateTargetGroup.
"""

from typing import Final

BALANCER_ATTRIBUTES: Final = {
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": (
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled"
    ),
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}

LOG_ATTRIBUTES: Final = {
    "accessLogs": "access_logs",
    "connectionLogs": "connection_logs",
    "healthCheckLogs": "health_check_logs",
}
"""Each with ``.s3.enabled``, ``.s3.bucket`` and ``.s3.prefix``."""

GROUP_ATTRIBUTES: Final = {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "slowStart": "slow_start.duration_seconds",
}

STICKINESS: Final = {
    "cookieDuration": "stickiness.{kind}.duration_seconds",
    "cookieName": "stickiness.app_cookie.cookie_name",
    "type": "stickiness.type",
}

HEALTH_CHECK: Final = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}

_REQUEST = "routing.http.request.x_amzn_"
_RESPONSE = "routing.http.response."
LISTENER_ATTRIBUTES: Final = {
    "tcpIdleTimeoutSeconds": "tcp.idle_timeout.seconds",
    "routingHttpResponseServerEnabled": f"{_RESPONSE}server.enabled",
    **{
        f"routingHttpRequestXAmzn{name}HeaderName": f"{_REQUEST}{key}.header_name"
        for name, key in (
            ("MtlsClientcert", "mtls_clientcert"),
            ("MtlsClientcertIssuer", "mtls_clientcert_issuer"),
            ("MtlsClientcertLeaf", "mtls_clientcert_leaf"),
            ("MtlsClientcertSerialNumber", "mtls_clientcert_serial_number"),
            ("MtlsClientcertSubject", "mtls_clientcert_subject"),
            ("MtlsClientcertValidity", "mtls_clientcert_validity"),
            ("TlsCipherSuite", "tls_cipher_suite"),
            ("TlsVersion", "tls_version"),
        )
    },
    **{
        f"routingHttpResponse{name}HeaderValue": f"{_RESPONSE}{key}.header_value"
        for name, key in (
            ("AccessControlAllowCredentials", "access_control_allow_credentials"),
            ("AccessControlAllowHeaders", "access_control_allow_headers"),
            ("AccessControlAllowMethods", "access_control_allow_methods"),
            ("AccessControlAllowOrigin", "access_control_allow_origin"),
            ("AccessControlExposeHeaders", "access_control_expose_headers"),
            ("AccessControlMaxAge", "access_control_max_age"),
            ("ContentSecurityPolicy", "content_security_policy"),
            ("StrictTransportSecurity", "strict_transport_security"),
            ("XContentTypeOptions", "x_content_type_options"),
            ("XFrameOptions", "x_frame_options"),
        )
    },
}
