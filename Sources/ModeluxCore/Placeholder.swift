enum ModeluxCorePlaceholder {}
