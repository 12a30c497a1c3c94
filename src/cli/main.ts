console.log('denscape');
