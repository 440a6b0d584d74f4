enum ModeluxStorePlaceholder {}
