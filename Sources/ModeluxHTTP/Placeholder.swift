enum ModeluxHTTPPlaceholder {}
