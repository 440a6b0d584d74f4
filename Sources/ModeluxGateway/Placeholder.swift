enum ModeluxGatewayPlaceholder {}
