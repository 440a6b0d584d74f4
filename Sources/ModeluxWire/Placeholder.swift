enum ModeluxWirePlaceholder {}
